"""Disputes, as a buyer's bank opens and closes them."""

from __future__ import annotations

from typing import Any, Literal

from stripe_simulator import listing
from stripe_simulator.balance import record_movement
from stripe_simulator.documents import money_back
from stripe_simulator.errors import ApiError, no_such
from stripe_simulator.events import emit
from stripe_simulator.simulator import Simulator

DISPUTE_FEE = 1500


def open_dispute(
    simulator: Simulator,
    charge: dict[str, Any],
    *,
    amount: int | None = None,
    reason: str = "fraudulent",
    is_inquiry: bool = False,
) -> dict[str, Any]:
    """A new dispute over `amount`, or over all that was not refunded. A dispute takes the money, an
    inquiry does not.
    """
    with simulator.store.transaction():
        left = charge["amount"] - charge["amount_refunded"]
        amount = left if amount is None else amount
        if not charge["paid"] or not 0 < amount <= left:
            raise ApiError(f"Only {left} of charge {charge['id']} can be disputed.")
        dispute = money_back.dispute(
            charge,
            amount=amount,
            reason=reason,
            is_inquiry=is_inquiry,
            created=simulator.clock.now(),
        )
        if not is_inquiry:
            _move(simulator, dispute, -amount, fee=DISPUTE_FEE)
        simulator.store.put("dispute", dispute)
        charge["disputed"] = True
        simulator.store.put("charge", charge)
        emit(simulator, "charge.dispute.created", dispute)
        if not is_inquiry:
            emit(simulator, "charge.dispute.funds_withdrawn", dispute)
        return dispute


def close_dispute(
    simulator: Simulator, dispute_id: str, outcome: Literal["won", "lost"]
) -> dict[str, Any]:
    """The dispute, decided. Won: the money comes back. An inquiry just ends, won or lost."""
    with simulator.store.transaction():
        dispute = retrieve(simulator, {}, dispute_id)
        former = dispute["status"]
        if former not in ("needs_response", "warning_needs_response"):
            raise ApiError(f"Dispute {dispute_id} is already closed.")
        is_inquiry = former == "warning_needs_response"
        dispute["status"] = "warning_closed" if is_inquiry else outcome
        if outcome == "won" and not is_inquiry:
            dispute["is_charge_refundable"] = True
            _move(simulator, dispute, dispute["amount"])
        simulator.store.put("dispute", dispute)
        emit(simulator, "charge.dispute.updated", dispute, {"status": former})
        if outcome == "won" and not is_inquiry:
            emit(simulator, "charge.dispute.funds_reinstated", dispute)
        emit(simulator, "charge.dispute.closed", dispute)
        return dispute


def retrieve(simulator: Simulator, params: dict[str, Any], dispute_id: str) -> dict[str, Any]:
    """The dispute."""
    dispute = simulator.store.get("dispute", dispute_id)
    if dispute is None:
        raise no_such("dispute", dispute_id)
    return dispute


def index(simulator: Simulator, params: dict[str, Any]) -> dict[str, Any]:
    """A page of disputes."""
    where: dict[str, Any] = {f: params[f] for f in ("charge", "payment_intent") if f in params}
    return listing.page(simulator, "dispute", "/v1/disputes", params, where)


def _move(simulator: Simulator, dispute: dict[str, Any], amount: int, fee: int = 0) -> None:
    movement = record_movement(simulator, dispute, kind="adjustment", amount=amount, fee=fee)
    dispute["balance_transactions"].append(simulator.store.get("balance_transaction", movement))
