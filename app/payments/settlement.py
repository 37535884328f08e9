"""Settling: what Stripe says about a payment becomes true here. Nothing else completes an order."""

import logging

from sqlalchemy import select, update

from app import clock
from app.config import settings
from app.db import changed, db, lock, transaction
from app.errors import Conflict
from app.orders import fulfilment, transitions
from app.orders.models import UNPAID, Actor, Order, OrderStatus
from app.outbox.recording import record
from app.payments import disputes, gateway, refunds
from app.payments.domain_events import PaymentReceived
from app.payments.models import LIVE, AttemptStatus, CheckoutAttempt, RefundReason

log = logging.getLogger(__name__)


def settle(session_id: str, *, accept_amount: bool = False) -> None:
    """Ask Stripe about the session and act on it. Any number of times, it has one effect.

    Called by webhook, return page, reconciler, closing and operator. Lateness is
    judged by the state of order and tickets, never by the clock. With
    `accept_amount` an operator takes a payment that is not the order's amount: Conflict
    if it is not for this order at all.
    StripeUnavailable or StripeRefused if Stripe does not say. The steps are those of
    "settle" in docs/payments.md.
    """
    attempt = db.session.execute(
        select(
            CheckoutAttempt.id, CheckoutAttempt.order_id, CheckoutAttempt.status, Order.public_id
        )
        .join(CheckoutAttempt.order)
        .where(CheckoutAttempt.session_id == session_id)
    ).one_or_none()
    db.session.rollback()
    if attempt is None:
        log.warning("session %s is none of ours", session_id)
        return
    if attempt.status == AttemptStatus.PAID:
        return
    attempt_id, order_id = attempt.id, attempt.order_id
    session = gateway.retrieve_session(session_id)
    if _is_foreign(session, attempt.public_id):
        foreign = f"session {session_id} is of another mode or for another order"
        _flag(order_id, foreign)
        if accept_amount:
            raise Conflict(f"This cannot be accepted: {foreign}.")
    elif not session.is_paid:
        _settle_unpaid(attempt_id, order_id, session)
    else:
        _settle_paid(attempt_id, order_id, session, accept_amount)


def close_attempt(attempt_id: int, order_id: int, *, reason: str) -> None:
    """Nobody can pay this attempt any more. An order that was waiting for it closes."""
    with transaction():
        order = lock(Order, order_id)
        if _move_attempt(attempt_id, LIVE, AttemptStatus.CLOSED):
            fulfilment.payment_failed(order, reason)


def _is_foreign(session: gateway.Session, reference: str) -> bool:
    return (
        session.mode != "payment"
        or session.livemode != settings().stripe_livemode
        or session.reference != reference
    )


def _settle_unpaid(attempt_id: int, order_id: int, session: gateway.Session) -> None:
    if session.status == "open":
        with transaction():
            fulfilment.nothing_is_paid(lock(Order, order_id))
        return
    if session.status == "expired" or session.intent_status in (
        "requires_payment_method",
        "canceled",
    ):
        close_attempt(attempt_id, order_id, reason="payment_failed")
        return
    with transaction():
        order = lock(Order, order_id)
        if _move_attempt(attempt_id, (AttemptStatus.OPEN,), AttemptStatus.PROCESSING):
            fulfilment.payment_is_on_its_way(order)


def _settle_paid(
    attempt_id: int, order_id: int, session: gateway.Session, accept_amount: bool
) -> None:
    with transaction():
        order = lock(Order, order_id)
        attempt = lock(CheckoutAttempt, attempt_id)
        if attempt.status == AttemptStatus.PAID:
            return
        expected = (attempt.amount_cents, attempt.currency)
        if (session.amount_cents, session.currency) != expected and not accept_amount:
            fulfilment.flag(
                order,
                f"paid {session.amount_cents} {session.currency}, "
                f"expected {attempt.amount_cents} {attempt.currency}",
            )
            log.error("order %s: %s", order.public_id, order.incident)
            return
        if accept_amount:
            order.incident = None
        mark_paid(order, attempt, session)
        if attempt.dispute or refunds.left_on(attempt) == 0:
            fulfilment.close_unsold(order, "payment_returned")
        else:
            _hand_over(order, attempt)
        record(
            PaymentReceived(
                order_id=order.public_id,
                amount_cents=session.amount_cents,
                currency=session.currency,
            )
        )


def mark_paid(order: Order, attempt: CheckoutAttempt, session: gateway.Session) -> None:
    """Final: the money is Stripe's, less what already went back. Order and attempt are locked."""
    attempt.status = AttemptStatus.PAID
    attempt.paid_at = clock.now()
    attempt.intent_id = session.intent_id
    attempt.captured_cents = session.amount_cents
    db.session.flush()
    refunds.adopt(order, attempt, session.refunds)
    disputes.adopt(order, attempt, session.disputes)


def _hand_over(order: Order, attempt: CheckoutAttempt) -> None:
    if order.status in UNPAID:
        if fulfilment.complete(order):
            attempt.completed_order = True
            return
        fulfilment.close_unsold(order, RefundReason.TICKETS_MISSING)
        refunds.write(attempt, RefundReason.TICKETS_MISSING)
        fulfilment.flag(order, "paid, but its tickets were not all there; refunded")
        log.error("order %s: %s", order.public_id, order.incident)
    elif order.status == OrderStatus.CANCELLED:
        if fulfilment.revive(order):
            attempt.completed_order = True
        else:
            _send_back(order, attempt, RefundReason.LATE_PAYMENT)
    else:
        _send_back(order, attempt, RefundReason.DUPLICATE)


def _send_back(order: Order, attempt: CheckoutAttempt, reason: RefundReason) -> None:
    refunds.write(attempt, reason)
    # The order stays what it is; its buyer reads there what became of the money.
    transitions.note(order, order.status, actor=Actor.STRIPE, reason=reason)


def _move_attempt(attempt_id: int, from_statuses: tuple[str, ...], to_status: str) -> bool:
    return bool(
        changed(
            update(CheckoutAttempt)
            .where(CheckoutAttempt.id == attempt_id, CheckoutAttempt.status.in_(from_statuses))
            .values(status=to_status)
        )
    )


def _flag(order_id: int, incident: str) -> None:
    with transaction():
        fulfilment.flag(lock(Order, order_id), incident)
    log.error("order %s: %s", order_id, incident)
