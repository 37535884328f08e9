"""Refunds: made, changed, settled later."""

from __future__ import annotations

from typing import Any, Literal

from stripe_simulator import listing
from stripe_simulator.balance import record_movement
from stripe_simulator.cards import BY_LAST4
from stripe_simulator.documents import money_back
from stripe_simulator.errors import ApiError, no_such
from stripe_simulator.events import emit
from stripe_simulator.simulator import Simulator

RefundOutcome = Literal["succeeded", "failed", "canceled"]
FirstStatus = Literal["succeeded", "pending", "requires_action"]

# "Some time later", in simulated time, is when the refunds of the two special cards settle by
# themselves.
SETTLES_AFTER_SECONDS = 30

FAILURE_REASONS = {"failed": "expired_or_canceled_card", "canceled": "merchant_request"}


def create(simulator: Simulator, params: dict[str, Any]) -> dict[str, Any]:
    """A refund of `amount`, or of all that is left on the charge."""
    charge = _charge_to_refund(simulator, params)
    amount = params.get("amount", charge["amount"] - charge["amount_refunded"])
    _require_refundable(simulator, charge, amount)
    status, later = _course(simulator, charge)
    refund = money_back.refund(
        charge, amount=amount, status=status, params=params, created=simulator.clock.now()
    )
    refund["balance_transaction"] = record_movement(
        simulator, refund, kind="refund", amount=-amount
    )
    simulator.store.put("refund", refund)
    if later:
        due_at = simulator.clock.now() + SETTLES_AFTER_SECONDS
        simulator.store.put(
            "refund_settlement", {"id": refund["id"], "outcome": later, "due_at": due_at}
        )
    _change_refunded_amount(simulator, charge, amount)
    emit(simulator, "refund.created", refund)
    emit(simulator, "charge.refunded", charge)
    return refund


def retrieve(simulator: Simulator, params: dict[str, Any], refund_id: str) -> dict[str, Any]:
    """The refund."""
    refund = simulator.store.get("refund", refund_id)
    if refund is None:
        raise no_such("refund", refund_id)
    return refund


def index(simulator: Simulator, params: dict[str, Any]) -> dict[str, Any]:
    """A page of refunds."""
    where: dict[str, Any] = {f: params[f] for f in ("charge", "payment_intent") if f in params}
    return listing.page(simulator, "refund", "/v1/refunds", params, where)


def update(simulator: Simulator, params: dict[str, Any], refund_id: str) -> dict[str, Any]:
    """The refund with other metadata: keys are added, changed, or removed by an empty value."""
    refund = retrieve(simulator, params, refund_id)
    if "metadata" in params:
        former = refund["metadata"]
        merged = former | params["metadata"] if params["metadata"] else {}
        refund["metadata"] = {key: value for key, value in merged.items() if value}
        simulator.store.put("refund", refund)
        emit(simulator, "refund.updated", refund, {"metadata": former})
    return refund


def cancel(simulator: Simulator, params: dict[str, Any], refund_id: str) -> dict[str, Any]:
    """The refund, canceled. Stripe allows it only while the buyer has to do something for it."""
    refund = retrieve(simulator, params, refund_id)
    if refund["status"] != "requires_action":
        raise ApiError(
            f"Refund {refund_id} cannot be canceled because its status is {refund['status']}; "
            "only refunds with the status requires_action can be."
        )
    return settle(simulator, refund_id, "canceled")


def settle(simulator: Simulator, refund_id: str, outcome: RefundOutcome) -> dict[str, Any]:
    """The refund with its final status. Failed and canceled ones give the charge its money back;
    even a refund that had succeeded may fail.
    """
    with simulator.store.transaction():
        refund = retrieve(simulator, {}, refund_id)
        former = refund["status"]
        if former in ("failed", "canceled", outcome):
            raise ApiError(f"Refund {refund_id} already has the status {former}.")
        refund["status"] = outcome
        refund.pop("pending_reason", None)
        if outcome != "succeeded":
            refund["failure_reason"] = FAILURE_REASONS[outcome]
            refund["failure_balance_transaction"] = record_movement(
                simulator, refund, kind="refund_failure", amount=refund["amount"]
            )
            charge = simulator.store.get("charge", refund["charge"])
            assert charge is not None, "charges are never deleted"
            _change_refunded_amount(simulator, charge, -refund["amount"])
        simulator.store.put("refund", refund)
        simulator.store.delete("refund_settlement", refund_id)
        previous = {"status": former}
        emit(simulator, "refund.updated", refund, previous)
        emit(simulator, "charge.refund.updated", refund, previous)
        if outcome == "failed":
            emit(simulator, "refund.failed", refund)
        return refund


def settle_due(simulator: Simulator) -> None:
    """Settle the refunds whose later outcome has come."""
    with simulator.store.transaction():
        due = {"due_at <=": simulator.clock.now()}
        for settlement in simulator.store.find("refund_settlement", due):
            settle(simulator, settlement["id"], settlement["outcome"])


def choose_next_status(simulator: Simulator, status: FirstStatus) -> None:
    """Let the next refund begin with this status and keep it, whatever its card, until `settle`."""
    simulator.store.put("setting", {"id": "next_refund", "status": status})


def _charge_to_refund(simulator: Simulator, params: dict[str, Any]) -> dict[str, Any]:
    if ("charge" in params) == ("payment_intent" in params):
        raise ApiError(
            "One of the following params should be provided for this request: "
            "payment_intent or charge."
        )
    if "charge" in params:
        charge = simulator.store.get("charge", params["charge"])
        if charge is None:
            raise no_such("charge", params["charge"], "charge")
        return charge
    intent = simulator.store.get("payment_intent", params["payment_intent"])
    if intent is None:
        raise no_such("payment_intent", params["payment_intent"], "payment_intent")
    charge = simulator.store.get("charge", intent["latest_charge"] or "")
    if charge is None or not charge["paid"]:
        raise ApiError(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            param="payment_intent",
        )
    return charge


def _require_refundable(simulator: Simulator, charge: dict[str, Any], amount: int) -> None:
    if not charge["paid"]:
        raise ApiError(
            f"Charge {charge['id']} was not paid and cannot be refunded.", param="charge"
        )
    if _is_charged_back(simulator, charge):
        raise ApiError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise ApiError(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if amount < 1:
        raise ApiError("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise ApiError(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            param="amount",
        )


def _is_charged_back(simulator: Simulator, charge: dict[str, Any]) -> bool:
    disputes = simulator.store.find("dispute", {"charge": charge["id"]})
    return any(not dispute["is_charge_refundable"] for dispute in disputes)


def _course(simulator: Simulator, charge: dict[str, Any]) -> tuple[str, RefundOutcome | None]:
    """The status a refund begins with, and the one it gets later by itself."""
    chosen = simulator.store.get("setting", "next_refund")
    if chosen:
        simulator.store.delete("setting", "next_refund")
        return chosen["status"], None
    card = BY_LAST4.get(charge["payment_method_details"].get("card", {}).get("last4", ""))
    if card and card.behaviour == "refund_fails_later":
        return "succeeded", "failed"
    if card and card.behaviour == "refund_pends":
        return "pending", "succeeded"
    return "succeeded", None


def _change_refunded_amount(simulator: Simulator, charge: dict[str, Any], change: int) -> None:
    charge["amount_refunded"] += change
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    simulator.store.put("charge", charge)
