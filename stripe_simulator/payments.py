"""Paying: what happens when the buyer submits the payment page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from stripe_simulator import sessions
from stripe_simulator.balance import record_movement
from stripe_simulator.cards import CardForm
from stripe_simulator.documents import checkout, payment
from stripe_simulator.errors import ApiError
from stripe_simulator.events import emit
from stripe_simulator.simulator import Simulator

DECLINES = {
    "declined": ("generic_decline", "Your card was declined."),
    "insufficient_funds": ("insufficient_funds", "Your card has insufficient funds."),
}
AUTHENTICATION_FAILED = (
    "We are unable to authenticate your payment method. "
    "Please choose a different payment method and try again."
)
DEBIT_FAILED = "The customer's bank account could not be debited."


@dataclass(frozen=True)
class Attempt:
    """What the buyer sees next. `closed`: the session is not open any more, and nothing was
    charged.
    """

    outcome: Literal["paid", "processing", "declined", "authenticate", "closed"]
    message: str | None = None


def pay_by_card(simulator: Simulator, session_id: str, form: CardForm) -> Attempt:
    """Try to pay with the card on the form, which must have no mistakes."""
    with simulator.store.transaction():
        session = sessions.get(simulator, session_id)
        if session["status"] != "open":
            return Attempt("closed")
        intent = _intent_of(simulator, session)
        expires = form.expires()
        assert expires is not None, "the form was checked"
        method = payment.card_method(
            form.digits[-4:], expires, form.email, form.name, simulator.clock.now()
        )
        simulator.store.put("payment_method", method)
        behaviour = form.card.behaviour if form.card else "declined"
        if behaviour in DECLINES:
            return _decline(simulator, intent, method, *DECLINES[behaviour])
        if behaviour == "asks_3ds":
            return _ask_for_authentication(simulator, session, intent, method)
        return _succeed(simulator, session, intent, method)


def authenticate(simulator: Simulator, session_id: str, *, succeeded: bool) -> Attempt:
    """The buyer completed, or failed, the 3-D Secure page."""
    with simulator.store.transaction():
        session = sessions.get(simulator, session_id)
        if session["status"] != "open":
            return Attempt("closed")
        intent = _intent_of(simulator, session)
        if intent["status"] != "requires_action":
            return Attempt("declined", "Please pay again.")
        method = simulator.store.get("payment_method", intent["payment_method"])
        assert method is not None, "payment methods are never deleted"
        intent["next_action"] = None
        if succeeded:
            return _succeed(simulator, session, intent, method)
        _fail_intent(
            simulator,
            intent,
            method,
            AUTHENTICATION_FAILED,
            code="payment_intent_authentication_failure",
        )
        return Attempt("declined", AUTHENTICATION_FAILED)


def choose_slow_method(simulator: Simulator, session_id: str) -> None:
    """Let the payment page of this session offer a bank debit, which settles later, instead of
    cards.
    """
    with simulator.store.transaction():
        page = sessions.payment_page(simulator, session_id)
        simulator.store.put("payment_page", page | {"is_slow": True})


def pay_by_slow_method(simulator: Simulator, session_id: str, email: str, name: str) -> Attempt:
    """Complete the session with a payment that is still processing."""
    with simulator.store.transaction():
        session = sessions.get(simulator, session_id)
        if session["status"] != "open":
            return Attempt("closed")
        intent = _intent_of(simulator, session)
        method = payment.slow_method(email, name, simulator.clock.now())
        simulator.store.put("payment_method", method)
        charge = payment.charge(intent, method, "pending", simulator.clock.now())
        simulator.store.put("charge", charge)
        emit(simulator, "charge.pending", charge)
        intent |= {
            "status": "processing",
            "payment_method": method["id"],
            "payment_method_types": [*intent["payment_method_types"], payment.SLOW_METHOD],
            "latest_charge": charge["id"],
        }
        simulator.store.put("payment_intent", intent)
        emit(simulator, "payment_intent.processing", intent)
        _complete(simulator, session, method, payment_status="unpaid")
        return Attempt("processing")


def settle_slow_payment(
    simulator: Simulator, session_id: str, *, succeeded: bool
) -> dict[str, Any]:
    """The bank's answer to a slow payment. Gives the session."""
    with simulator.store.transaction():
        session = sessions.get(simulator, session_id)
        intent_id = session["payment_intent"] or ""
        intent = simulator.store.get("payment_intent", intent_id)
        if intent is None or intent["status"] != "processing":
            raise ApiError("This session has no payment in processing.")
        charge = simulator.store.get("charge", intent["latest_charge"])
        method = simulator.store.get("payment_method", intent["payment_method"])
        assert charge is not None, "a processing intent has a charge"
        assert method is not None, "a processing intent has a payment method"
        if succeeded:
            charge |= {"status": "succeeded", "paid": True, "captured": True}
            charge["amount_captured"] = charge["amount"]
            _finish_payment(simulator, intent, charge, method)
            session["payment_status"] = "paid"
        else:
            charge |= {"status": "failed", "failure_code": "debit_not_authorized"}
            charge["failure_message"] = DEBIT_FAILED
            simulator.store.put("charge", charge)
            emit(simulator, "charge.failed", charge)
            _fail_intent(
                simulator,
                intent,
                method,
                DEBIT_FAILED,
                code="payment_intent_payment_attempt_failed",
            )
        simulator.store.put("checkout.session", session)
        outcome = "succeeded" if succeeded else "failed"
        emit(simulator, f"checkout.session.async_payment_{outcome}", session)
        return session


def _intent_of(simulator: Simulator, session: dict[str, Any]) -> dict[str, Any]:
    """The session's payment intent, created when the buyer submits for the first time."""
    if session["payment_intent"]:
        intent = simulator.store.get("payment_intent", session["payment_intent"])
        assert intent is not None, "payment intents are never deleted"
        return intent
    data = sessions.payment_page(simulator, session["id"])["intent_data"]
    intent = payment.intent(session, data, simulator.clock.now())
    simulator.store.put("payment_intent", intent)
    session["payment_intent"] = intent["id"]
    simulator.store.put("checkout.session", session)
    emit(simulator, "payment_intent.created", intent)
    return intent


def _succeed(
    simulator: Simulator, session: dict[str, Any], intent: dict[str, Any], method: dict[str, Any]
) -> Attempt:
    charge = payment.charge(intent, method, "succeeded", simulator.clock.now())
    _finish_payment(simulator, intent, charge, method)
    _complete(simulator, session, method, payment_status="paid")
    return Attempt("paid")


def _finish_payment(
    simulator: Simulator, intent: dict[str, Any], charge: dict[str, Any], method: dict[str, Any]
) -> None:
    charge["balance_transaction"] = record_movement(
        simulator,
        charge,
        kind="charge",
        amount=charge["amount"],
        fee=charge["amount"] * 3 // 100 + 30,
    )
    simulator.store.put("charge", charge)
    emit(simulator, "charge.succeeded", charge)
    intent |= {
        "status": "succeeded",
        "amount_received": charge["amount"],
        "latest_charge": charge["id"],
        "payment_method": method["id"],
        "last_payment_error": None,
    }
    simulator.store.put("payment_intent", intent)
    emit(simulator, "payment_intent.succeeded", intent)


def _complete(
    simulator: Simulator, session: dict[str, Any], method: dict[str, Any], *, payment_status: str
) -> None:
    billing = method["billing_details"]
    session |= {
        "status": "complete",
        "payment_status": payment_status,
        "url": None,
        "customer_details": checkout.customer_details(billing["email"], billing["name"]),
    }
    simulator.store.put("checkout.session", session)
    emit(simulator, "checkout.session.completed", session)


def _decline(
    simulator: Simulator,
    intent: dict[str, Any],
    method: dict[str, Any],
    decline_code: str,
    message: str,
) -> Attempt:
    charge = payment.charge(intent, method, "failed", simulator.clock.now())
    charge |= {
        "failure_code": "card_declined",
        "failure_message": message,
        "outcome": payment.outcome(decline_code),
    }
    simulator.store.put("charge", charge)
    emit(simulator, "charge.failed", charge)
    intent["latest_charge"] = charge["id"]
    _fail_intent(
        simulator, intent, method, message, code="card_declined", decline_code=decline_code
    )
    return Attempt("declined", message)


def _fail_intent(
    simulator: Simulator,
    intent: dict[str, Any],
    method: dict[str, Any],
    message: str,
    *,
    code: str,
    decline_code: str | None = None,
) -> None:
    error = {
        "type": "card_error" if method["type"] == "card" else "invalid_request_error",
        "code": code,
        "message": message,
        "payment_method": method,
    }
    if decline_code:
        error |= {"decline_code": decline_code, "charge": intent["latest_charge"]}
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": error,
        "next_action": None,
    }
    simulator.store.put("payment_intent", intent)
    emit(simulator, "payment_intent.payment_failed", intent)


def _ask_for_authentication(
    simulator: Simulator, session: dict[str, Any], intent: dict[str, Any], method: dict[str, Any]
) -> Attempt:
    intent |= {
        "status": "requires_action",
        "payment_method": method["id"],
        "last_payment_error": None,
        "next_action": {
            "type": "redirect_to_url",
            "redirect_to_url": {
                "return_url": session["success_url"],
                "url": f"{simulator.public_url}/c/pay/{session['id']}/authenticate",
            },
        },
    }
    simulator.store.put("payment_intent", intent)
    emit(simulator, "payment_intent.requires_action", intent)
    return Attempt("authenticate")
