"""Not waiting for webhooks: ask Stripe about everything that should have settled by now."""

import logging
from datetime import timedelta

from sqlalchemy import select, update

from app import claims, clock, heartbeat
from app.db import db, lock, transaction
from app.orders import fulfilment
from app.orders.models import Order
from app.payments import gateway, webhooks
from app.payments.models import LIVE, CheckoutAttempt
from app.payments.settlement import close_attempt, settle

log = logging.getLogger(__name__)

EVENTS_SEEN = "stripe-events"
LISTEN_EVERY = timedelta(minutes=1)
OVERLAP = timedelta(minutes=10)  # for events that Stripe lists late
FURTHEST_BACK = timedelta(days=14)
IS_LIVE = CheckoutAttempt.status.in_(LIVE)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=30)
BATCH = 50


def settle_old_attempts() -> int:
    """Settle the attempts older than ten minutes or past their end. How many were asked."""
    due = claims.due_ids(CheckoutAttempt, IS_LIVE, limit=BATCH)
    return sum(_settle_safely(attempt_id) for attempt_id in due)


def ask_about(order_id: int) -> None:
    """The buyer is back from the payment page: settle now, or soon if Stripe does not answer.

    Soon is the next sweep. The page's polls only look here: while Stripe hangs they would
    keep every thread waiting for it.
    """
    attempt = db.session.execute(
        select(CheckoutAttempt.id, CheckoutAttempt.session_id).where(
            CheckoutAttempt.order_id == order_id, IS_LIVE, CheckoutAttempt.session_id.is_not(None)
        )
    ).one_or_none()
    db.session.rollback()
    if attempt is None:
        return
    try:
        settle(attempt.session_id)
    except (gateway.StripeUnavailable, gateway.StripeRefused) as error:
        log.warning("order %s: its payment is being checked: %s", order_id, error)
        _ask_soon(attempt.id, order_id)


def fetch_missed_events() -> int:
    """Take in the events of Stripe that no webhook brought. How many there were.

    A refund or dispute made elsewhere is announced by an event only, so a lost one
    must be looked for. The look-back survives any downtime up to two weeks.
    """
    now = clock.now()
    seen = heartbeat.last(EVENTS_SEEN)
    db.session.rollback()
    if seen and now - seen < LISTEN_EVERY:
        return 0
    since = max(seen - OVERLAP, now - FURTHEST_BACK) if seen else now - FURTHEST_BACK
    try:
        notices = gateway.events_since(since, tuple(webhooks.HANDLERS))
    except (gateway.StripeUnavailable, gateway.StripeRefused) as error:
        log.warning("Stripe's events cannot be listed: %s", error)
        return 0
    # Oldest first, as they would have come.
    missed = sum(webhooks.take_in(notice) for notice in reversed(notices))
    heartbeat.beat(EVENTS_SEEN, now)
    return missed


def _ask_soon(attempt_id: int, order_id: int) -> None:
    with transaction():
        fulfilment.payment_is_unknown(lock(Order, order_id))
        db.session.execute(
            update(CheckoutAttempt)
            .where(CheckoutAttempt.id == attempt_id, IS_LIVE)
            .values(next_try_at=clock.now(), tries=0)
        )


def _settle_safely(attempt_id: int) -> bool:
    with transaction():
        if not claims.claim(CheckoutAttempt, attempt_id, IS_LIVE, lease=FIRST_WAIT):
            return False
        claims.put_off(CheckoutAttempt, attempt_id, first=FIRST_WAIT, longest=LONGEST_WAIT)
        attempt = db.session.get_one(CheckoutAttempt, attempt_id)
        order_id, session_id = attempt.order_id, attempt.session_id
    try:
        if session_id is None:
            close_attempt(attempt_id, order_id, reason="never_opened")
        else:
            settle(session_id)
    except (gateway.StripeUnavailable, gateway.StripeRefused) as error:
        log.warning("attempt %s cannot be settled yet: %s", attempt_id, error)
    except Exception:
        log.exception("settling attempt %s failed", attempt_id)
        db.session.rollback()
    return True
