"""The control API under `/_sim/`, for tests and for trying things out: what a buyer, a bank, the
dashboard or bad luck does.

README.md describes it with examples. The part about webhooks is in `control_webhooks`.
"""

from __future__ import annotations

import time
from typing import Any, Literal, TypeVar

from flask import Blueprint, Flask, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stripe_simulator import disputes, payments, refunds, sessions, timer
from stripe_simulator.cards import TEST_CARDS, CardForm
from stripe_simulator.errors import ApiError
from stripe_simulator.faults import Fault, FaultKind
from stripe_simulator.ids import object_of
from stripe_simulator.payments import Attempt
from stripe_simulator.simulator import Simulator

DUMPED_KINDS = (
    "checkout.session",
    "payment_intent",
    "charge",
    "refund",
    "dispute",
    "event",
    "webhook_endpoint",
    "delivery",
)


class Command(BaseModel):
    """What a control call takes. Unknown fields are refused, so a typo in a test is noticed."""

    model_config = ConfigDict(extra="forbid")


CommandType = TypeVar("CommandType", bound=Command)


class ArmFault(Command):
    """See `faults.Fault`."""

    kind: FaultKind
    count: int = Field(default=1, ge=1)
    skip: int = Field(default=0, ge=0)
    method: str = "*"
    path: str = "*"
    seconds: float = Field(default=0, ge=0, le=120)


class AdvanceClock(Command):
    advance: int = Field(ge=0)


class Pay(Command):
    """Pay as the buyer would. `authentication` is how 3-D Secure ends if the card asks for it."""

    card: str = TEST_CARDS[0].number
    email: str = "buyer@example.com"
    name: str = "Test Buyer"
    authentication: Literal["complete", "fail"] | None = None


class Settle(Command):
    outcome: Literal["succeeded", "failed"]


class Refund(Command):
    """A refund made in the dashboard, of everything that is left unless there is an amount."""

    charge: str | None = None
    payment_intent: str | None = None
    amount: int | None = Field(default=None, ge=1)
    reason: Literal["duplicate", "fraudulent", "requested_by_customer"] | None = None


class NextRefund(Command):
    status: refunds.FirstStatus


class SettleRefund(Command):
    outcome: refunds.RefundOutcome


class OpenDispute(Command):
    charge: str
    amount: int | None = Field(default=None, ge=1)
    reason: str = "fraudulent"
    inquiry: bool = False


class CloseDispute(Command):
    outcome: Literal["won", "lost"]


def read(command: type[CommandType]) -> CommandType:
    """The JSON body of the request as a command. Raises the 400 for anything else."""
    try:
        return command.model_validate(request.get_json(silent=True) or {})
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ApiError("; ".join(problems)) from None


def answer_refusal(error: ApiError) -> tuple[Response, int]:
    """Errors of the control API have the shape of Stripe's."""
    return jsonify(error.body()), error.status


def register(app: Flask, simulator: Simulator) -> None:
    """Serve everything of the control API that is not about webhooks."""
    blueprint = Blueprint("control", __name__, url_prefix="/_sim")
    blueprint.register_error_handler(ApiError, answer_refusal)
    _register_tools(blueprint, simulator)
    _register_buyer(blueprint, simulator)
    _register_bank(blueprint, simulator)
    app.register_blueprint(blueprint)


def _register_tools(blueprint: Blueprint, simulator: Simulator) -> None:
    @blueprint.post("/faults")
    def arm_fault() -> dict[str, Any]:
        simulator.faults.arm(Fault(**read(ArmFault).model_dump()))
        return {"faults": simulator.faults.armed()}

    @blueprint.get("/faults")
    def list_faults() -> dict[str, Any]:
        return {"faults": simulator.faults.armed()}

    @blueprint.delete("/faults")
    def disarm_faults() -> dict[str, Any]:
        simulator.faults.disarm()
        return {"faults": []}

    @blueprint.get("/clock")
    def show_clock() -> dict[str, Any]:
        return {"now": simulator.clock.now(), "offset_seconds": simulator.clock.offset_seconds()}

    @blueprint.post("/clock")
    def advance_clock() -> dict[str, Any]:
        simulator.clock.advance(read(AdvanceClock).advance)
        timer.tick(simulator)
        return show_clock()

    @blueprint.get("/requests")
    def list_requests() -> dict[str, Any]:
        return {"requests": simulator.journal.entries()}

    @blueprint.delete("/requests")
    def forget_requests() -> dict[str, Any]:
        simulator.journal.clear()
        return {"requests": []}

    @blueprint.get("/violations")
    def list_violations() -> dict[str, Any]:
        return {"violations": [e for e in simulator.journal.entries() if e["violations"]]}

    @blueprint.get("/state")
    def dump_state() -> dict[str, Any]:
        documents = {kind: simulator.store.find(kind) for kind in DUMPED_KINDS}
        return documents | {"clock": show_clock(), "faults": simulator.faults.armed()}

    @blueprint.post("/reset")
    def reset() -> dict[str, Any]:
        simulator.reset()
        return {}

    @blueprint.patch("/objects/<object_id>")
    def change_object(object_id: str) -> dict[str, Any]:
        kind = object_of(object_id) or ""
        with simulator.store.transaction():
            document = simulator.store.get(kind, object_id)
            if document is None:
                raise ApiError(f"No such object: {object_id}", status=404)
            document |= _fields()
            simulator.store.put(kind, document)
        return document


def _register_buyer(blueprint: Blueprint, simulator: Simulator) -> None:
    @blueprint.post("/sessions/next")
    def change_next_session() -> dict[str, Any]:
        fields = _fields()
        sessions.override_next(simulator, fields)
        return {"fields": fields}

    @blueprint.post("/sessions/<session_id>/pay")
    def pay(session_id: str) -> dict[str, Any]:
        command = read(Pay)
        if sessions.payment_page(simulator, session_id)["is_slow"]:
            attempt = payments.pay_by_slow_method(
                simulator, session_id, command.email, command.name
            )
        else:
            attempt = _pay_by_card(simulator, session_id, command)
        session = sessions.get(simulator, session_id)
        return {"outcome": attempt.outcome, "message": attempt.message, "session": session}

    @blueprint.post("/sessions/<session_id>/slow")
    def choose_slow_method(session_id: str) -> dict[str, Any]:
        payments.choose_slow_method(simulator, session_id)
        return sessions.get(simulator, session_id)

    @blueprint.post("/sessions/<session_id>/settle")
    def settle_slow_payment(session_id: str) -> dict[str, Any]:
        succeeded = read(Settle).outcome == "succeeded"
        return payments.settle_slow_payment(simulator, session_id, succeeded=succeeded)


def _register_bank(blueprint: Blueprint, simulator: Simulator) -> None:
    @blueprint.post("/refunds")
    def refund_in_dashboard() -> dict[str, Any]:
        with simulator.store.transaction():
            return refunds.create(simulator, read(Refund).model_dump(exclude_none=True))

    @blueprint.post("/refunds/next")
    def choose_next_refund() -> dict[str, Any]:
        command = read(NextRefund)
        refunds.choose_next_status(simulator, command.status)
        return command.model_dump()

    @blueprint.post("/refunds/<refund_id>/settle")
    def settle_refund(refund_id: str) -> dict[str, Any]:
        return refunds.settle(simulator, refund_id, read(SettleRefund).outcome)

    @blueprint.post("/disputes")
    def open_dispute() -> dict[str, Any]:
        command = read(OpenDispute)
        with simulator.store.transaction():
            charge = simulator.store.get("charge", command.charge)
            if charge is None:
                raise ApiError(f"No such charge: {command.charge}", status=404)
            return disputes.open_dispute(
                simulator,
                charge,
                amount=command.amount,
                reason=command.reason,
                is_inquiry=command.inquiry,
            )

    @blueprint.post("/disputes/<dispute_id>/close")
    def close_dispute(dispute_id: str) -> dict[str, Any]:
        return disputes.close_dispute(simulator, dispute_id, read(CloseDispute).outcome)


def _fields() -> dict[str, Any]:
    fields = request.get_json(silent=True)
    if not isinstance(fields, dict) or not fields or "id" in fields:
        raise ApiError("Send the fields to change, which cannot be the id, as a JSON object.")
    return fields


def _pay_by_card(simulator: Simulator, session_id: str, command: Pay) -> Attempt:
    next_year = time.gmtime(simulator.clock.now()).tm_year + 1
    form = CardForm(
        email=command.email,
        number=command.card,
        expiry=f"12/{next_year}",
        cvc="123",
        name=command.name,
    )
    attempt = payments.pay_by_card(simulator, session_id, form)
    if attempt.outcome == "authenticate" and command.authentication:
        succeeded = command.authentication == "complete"
        return payments.authenticate(simulator, session_id, succeeded=succeeded)
    return attempt
