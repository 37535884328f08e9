"""Incidents: what only an operator can decide, because money and order do not fit together."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.db import db, lock, transaction
from app.errors import Conflict
from app.orders import fulfilment, transitions
from app.orders.models import Actor, Order, OrderStatus
from app.payments import gateway, refunds
from app.payments.models import LIVE, AttemptStatus, CheckoutAttempt, RefundReason
from app.payments.settlement import close_attempt, mark_paid, settle

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Incident:
    order_id: str
    status: str
    what: str


def open_incidents() -> list[Incident]:
    """All of them, the oldest order first."""
    rows = db.session.execute(
        select(Order.public_id, Order.status, Order.incident)
        .where(Order.incident.is_not(None))
        .order_by(Order.id)
    ).all()
    return [Incident(row.public_id, row.status, row.incident) for row in rows]


def accept(public_id: str) -> None:
    """The operator takes it as it is: a payment of another amount completes its order.

    Where no payment waits for a decision, the incident is noted as dealt with. Conflict if
    a payment cannot be taken.
    """
    order_id = _order_with_incident(public_id)
    for _, session_id in _live_attempts(order_id):
        settle(session_id, accept_amount=True)
    _end(order_id, "incident_accepted")


def refund(public_id: str) -> int:
    """The operator gives the money back. How many cents, 0 if nobody had paid.

    Every payment that did not complete the order goes back, and once more what Stripe could
    not send before. An unpaid order closes, and its tickets are released. Conflict if
    that changes nothing.
    """
    order_id = _order_with_incident(public_id)
    ended = [_end_undecided(order_id, *attempt) for attempt in _live_attempts(order_id)]
    with transaction():
        order = lock(Order, order_id)
        cents = sum(_send_back(order, attempt_id) for attempt_id in _paid_attempts(order_id))
    if not cents and not any(ended):
        raise Conflict("There is nothing to send back. Accept the incident to end it.")
    _end(order_id, "incident_refunded")
    return cents


def _end_undecided(order_id: int, attempt_id: int, session_id: str) -> bool:
    """Whether this payment waited for a decision: it is paid, or Stripe has forgotten it."""
    try:
        session = gateway.retrieve_session(session_id)
    except gateway.StripeMissing:
        close_attempt(attempt_id, order_id, reason="unknown_to_stripe")
        return True
    if not session.is_paid:
        return False
    with transaction():
        order = lock(Order, order_id)
        attempt = lock(CheckoutAttempt, attempt_id)
        if attempt.status != AttemptStatus.PAID:
            mark_paid(order, attempt, session)
            fulfilment.close_unsold(order, RefundReason.WRONG_AMOUNT)
    return True


def _send_back(order: Order, attempt_id: int) -> int:
    attempt = lock(CheckoutAttempt, attempt_id)
    written = refunds.write_failed_again(attempt)
    belongs_to_the_order = order.status == OrderStatus.COMPLETED and attempt.completed_order
    if not belongs_to_the_order and (rest := refunds.write(attempt, RefundReason.REQUESTED)):
        written.append(rest)
    return sum(refund.amount_cents for refund in written)


def _order_with_incident(public_id: str) -> int:
    row = db.session.execute(
        select(Order.id, Order.incident).where(Order.public_id == public_id)
    ).one_or_none()
    db.session.rollback()
    if row is None or row.incident is None:
        raise Conflict(f"There is no open incident for an order {public_id}.")
    return row.id


def _live_attempts(order_id: int) -> Sequence[tuple[int, str]]:
    rows = db.session.execute(
        select(CheckoutAttempt.id, CheckoutAttempt.session_id).where(
            CheckoutAttempt.order_id == order_id,
            CheckoutAttempt.status.in_(LIVE),
            CheckoutAttempt.session_id.is_not(None),
        )
    ).all()
    db.session.rollback()
    return [(row.id, row.session_id) for row in rows]


def _paid_attempts(order_id: int) -> Sequence[int]:
    return db.session.scalars(
        select(CheckoutAttempt.id)
        .where(CheckoutAttempt.order_id == order_id, CheckoutAttempt.status == AttemptStatus.PAID)
        .order_by(CheckoutAttempt.id)
    ).all()


def _end(order_id: int, how: str) -> None:
    with transaction():
        order = lock(Order, order_id)
        log.warning("order %s: %s: %s", order.public_id, how, order.incident)
        order.incident = None
        transitions.note(order, order.status, actor=Actor.OPERATOR, reason=how)
