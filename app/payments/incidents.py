"""Incidents: what only an operator can decide, because money and order do not fit together."""

import logging
from dataclasses import dataclass

from sqlalchemy import select

from app.db import db, lock, transaction
from app.errors import Conflict
from app.orders import fulfilment, transitions
from app.orders.models import Actor, Order
from app.payments import gateway, refunds
from app.payments.models import LIVE, AttemptStatus, CheckoutAttempt, RefundReason
from app.payments.settlement import mark_paid, settle

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

    Where no payment waits for a decision, the incident is noted as dealt with.
    """
    order_id = _order_with_incident(public_id)
    for session_id in _undecided_sessions(order_id):
        settle(session_id, accept_amount=True)
    _end(order_id, "incident_accepted")


def refund(public_id: str) -> None:
    """The operator gives the money back: every payment that did not complete the order, and
    whatever a failed refund left behind. An unpaid order closes, and its tickets are released.
    """
    order_id = _order_with_incident(public_id)
    for session_id in _undecided_sessions(order_id):
        session = gateway.retrieve_session(session_id)
        if not session.is_paid:
            raise Conflict(f"{session_id} is not paid, so there is nothing to refund.")
        with transaction():
            order = lock(Order, order_id)
            attempt_id = db.session.scalars(
                select(CheckoutAttempt.id).where(CheckoutAttempt.session_id == session_id)
            ).one()
            attempt = lock(CheckoutAttempt, attempt_id)
            if attempt.status != AttemptStatus.PAID:
                mark_paid(order, attempt, session)
                fulfilment.close_unsold(order, RefundReason.WRONG_AMOUNT)
    with transaction():
        order = lock(Order, order_id)
        for attempt_id in _refundable_attempts(order):
            refunds.write(lock(CheckoutAttempt, attempt_id), RefundReason.REQUESTED)
    _end(order_id, "incident_refunded")


def _order_with_incident(public_id: str) -> int:
    row = db.session.execute(
        select(Order.id, Order.incident).where(Order.public_id == public_id)
    ).one_or_none()
    db.session.rollback()
    if row is None or row.incident is None:
        raise Conflict(f"There is no open incident for an order {public_id}.")
    return row.id


def _undecided_sessions(order_id: int) -> list[str]:
    found = db.session.scalars(
        select(CheckoutAttempt.session_id).where(
            CheckoutAttempt.order_id == order_id,
            CheckoutAttempt.status.in_(LIVE),
            CheckoutAttempt.session_id.is_not(None),
        )
    ).all()
    db.session.rollback()
    return [session_id for session_id in found if session_id]


def _refundable_attempts(order: Order) -> list[int]:
    """Paid attempts whose money belongs to the buyer: not those of an order that stands."""
    keeps_its_payment = order.status == transitions.COMPLETED
    query = select(CheckoutAttempt.id).where(
        CheckoutAttempt.order_id == order.id, CheckoutAttempt.status == AttemptStatus.PAID
    )
    if keeps_its_payment:
        query = query.where(~CheckoutAttempt.completed_order)
    return list(db.session.scalars(query.order_by(CheckoutAttempt.id)))


def _end(order_id: int, how: str) -> None:
    with transaction():
        order = lock(Order, order_id)
        log.warning("order %s: %s: %s", order.public_id, how, order.incident)
        order.incident = None
        transitions.note(order, order.status, actor=Actor.OPERATOR, reason=how)
