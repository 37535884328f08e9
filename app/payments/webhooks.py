"""The inbox for what Stripe tells us: verified, stored, answered. A job does the work.

An event is only a trigger: the object is asked for again, so it does not matter
how often, in which order and how late events come.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app import claims, jobs
from app.config import settings
from app.db import after_commit, db, transaction
from app.payments import disputes, gateway, refunds
from app.payments.gateway import Notice
from app.payments.models import InboxStatus, StripeEvent
from app.payments.settlement import settle

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=10)
BATCH = 100


def _refunds_of_charge(charge_id: str) -> None:
    _sync(refunds.sync, gateway.intent_of_charge(charge_id))


def _refunds_of_refund(refund_id: str) -> None:
    _sync(refunds.sync, gateway.intent_of_refund(refund_id))


def _disputes(dispute_id: str) -> None:
    _sync(disputes.sync, gateway.intent_of_dispute(dispute_id))


def _sync(sync: Callable[[str], bool], intent_id: str | None) -> None:
    """What became of a payment is recorded after the payment, whichever we hear of first."""
    if intent_id is None or sync(intent_id):
        return
    # Whoever settles it right now may have asked Stripe before this happened, so we settle, too,
    # which waits for them.
    if session_id := gateway.session_of(intent_id):
        settle(session_id)
        sync(intent_id)


HANDLERS: dict[str, Callable[[str], None]] = {
    "checkout.session.completed": settle,
    "checkout.session.async_payment_succeeded": settle,
    "checkout.session.async_payment_failed": settle,
    "checkout.session.expired": settle,
    "charge.refunded": _refunds_of_charge,
    "refund.created": _refunds_of_refund,
    "refund.updated": _refunds_of_refund,
    "refund.failed": _refunds_of_refund,
    "charge.dispute.created": _disputes,
    "charge.dispute.updated": _disputes,
    "charge.dispute.closed": _disputes,
    "charge.dispute.funds_withdrawn": _disputes,
    "charge.dispute.funds_reinstated": _disputes,
}


def take_in(notice: Notice) -> bool:
    """Store the event under Stripe's id and wake the worker. False if it is none for us.

    One that is already here, or of a type nobody handles, or of the other mode,
    is dropped: Stripe is answered 200 all the same.
    """
    if notice.type not in HANDLERS:
        return False
    if notice.livemode != settings().stripe_livemode:
        log.error("event %s is of the wrong mode; check the webhook's secret", notice.event_id)
        return False
    if db.session.get(StripeEvent, notice.event_id) is not None:
        return False
    try:
        with transaction():
            db.session.add(
                StripeEvent(id=notice.event_id, type=notice.type, object_id=notice.object_id)
            )
            after_commit(_wake_up, notice.event_id)
    except IntegrityError:
        return False  # the same event came twice at the same moment
    return True


def process_due() -> int:
    """Work off the inbox. How many events were done. Part of the sweep."""
    due = claims.due_ids(StripeEvent, StripeEvent.status == InboxStatus.RECEIVED, limit=BATCH)
    return sum(process(event_id) for event_id in due)


def process(event_id: str) -> bool:
    """Do what the event asks for. False if it is not due, not ours to do, or failed for now."""
    waiting = StripeEvent.status == InboxStatus.RECEIVED
    with transaction():
        if not claims.claim(StripeEvent, event_id, waiting, lease=LEASE):
            return False
        event = db.session.get_one(StripeEvent, event_id)
        type_, object_id = event.type, event.object_id
    try:
        HANDLERS[type_](object_id)
    except Exception as error:
        expected = isinstance(error, gateway.StripeUnavailable)
        log.warning("event %s put off: %s", event_id, error, exc_info=not expected)
        db.session.rollback()
        with transaction():
            claims.put_off(StripeEvent, event_id, waiting, longest=LONGEST_WAIT)
        return False
    with transaction():
        db.session.execute(
            update(StripeEvent).where(StripeEvent.id == event_id).values(status=InboxStatus.DONE)
        )
    return True


def _wake_up(event_id: str) -> None:
    jobs.enqueue(process, event_id)
