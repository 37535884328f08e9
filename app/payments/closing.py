"""Finishing a closing order: shut its payment page at Stripe, then give the tickets back.

Fail closed: while Stripe does not confirm that nobody can pay, the tickets stay held.
"""

import logging
from datetime import timedelta

from sqlalchemy import select

from app import claims, clock
from app.db import db, lock, transaction
from app.orders import cancellation, fulfilment
from app.orders.models import Order, OrderStatus, TimelineEntry
from app.payments import gateway
from app.payments.models import LIVE, AttemptStatus, CheckoutAttempt
from app.payments.settlement import close_attempt, settle

log = logging.getLogger(__name__)

IS_CLOSING = Order.status == OrderStatus.CLOSING
LEASE = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=2)
ALERT_AFTER = timedelta(minutes=10)
BATCH = 50


def finish_due() -> int:
    """Finish every closing order that is due. How many ended. Part of the sweep."""
    finished = 0
    for order_id in claims.due_ids(Order, IS_CLOSING, limit=BATCH):
        try:
            finished += finish(order_id)
        except Exception:
            log.exception("closing order %s failed, trying again later", order_id)
            db.session.rollback()
            _put_off(order_id)
    return finished


def finish(order_id: int) -> bool:
    """Shut the order's pages and cancel it, unless it turns out to be paid. True if it is over.

    Safe at any time, twice, and by two at once. Opens transactions of its own.
    """
    with transaction():
        if not claims.claim(Order, order_id, IS_CLOSING, lease=LEASE):
            return False
    for attempt_id, session_id in _live_attempts(order_id):
        if session_id is None:
            # Its address was never handed out; whoever is creating it will shut it.
            close_attempt(attempt_id, order_id, reason="closed")
        elif not _shut(attempt_id, order_id, session_id):
            _put_off(order_id)
            return False
    with transaction():
        order = lock(Order, order_id)
        live = db.session.scalar(
            select(CheckoutAttempt.id).where(
                CheckoutAttempt.order_id == order_id, CheckoutAttempt.status.in_(LIVE)
            )
        )
        if live is None:
            cancellation.finish(order)
            return True
    _put_off(order_id)
    return False


def _shut(attempt_id: int, order_id: int, session_id: str) -> bool:
    """Whether Stripe has spoken: the page is shut, or what was paid is settled."""
    try:
        try:
            status = gateway.expire_session(session_id).status
        except gateway.StripeRefused:
            status = gateway.retrieve_session(session_id).status
        if status == "expired":
            close_attempt(attempt_id, order_id, reason="expired")
            return True
        if status == "complete":
            settle(session_id)
            return True
    except gateway.StripeMissing:
        with transaction():
            fulfilment.flag(lock(Order, order_id), f"Stripe does not know its page {session_id}")
    except (gateway.StripeUnavailable, gateway.StripeRefused) as error:
        log.warning("order %s stays closing, Stripe does not confirm: %s", order_id, error)
    return False


def _live_attempts(order_id: int) -> list[tuple[int, str | None]]:
    rows = db.session.execute(
        select(CheckoutAttempt.id, CheckoutAttempt.session_id).where(
            CheckoutAttempt.order_id == order_id,
            CheckoutAttempt.status.in_((AttemptStatus.OPEN, AttemptStatus.PROCESSING)),
        )
    ).all()
    db.session.rollback()
    return [(row.id, row.session_id) for row in rows]


def _put_off(order_id: int) -> None:
    with transaction():
        order = lock(Order, order_id)
        if order.status != OrderStatus.CLOSING:
            return
        claims.put_off(Order, order_id, longest=LONGEST_WAIT)
        since = db.session.scalar(
            select(TimelineEntry.at)
            .where(TimelineEntry.order_id == order_id)
            .order_by(TimelineEntry.id.desc())
            .limit(1)
        )
        if since and clock.now() - since > ALERT_AFTER:
            log.error("order %s is closing since %s; is Stripe down?", order.public_id, since)
