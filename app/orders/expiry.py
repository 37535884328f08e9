"""Deadlines. The column decides; the alarm only wakes somebody up, the sweep makes sure."""

import logging
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select, update

from app import claims, clock, jobs
from app.config import settings
from app.db import db, lock, transaction
from app.listings import inventory
from app.orders import transitions
from app.orders.domain_events import OrderCancelled
from app.orders.models import Actor, Order, OrderStatus, TimelineEntry
from app.outbox.recording import record

log = logging.getLogger(__name__)

EXPIRED = "expired"
# One alarm for all deadlines within so many seconds: a forking worker runs 83 jobs a second.
SLOT_SECONDS = 3
BATCH = 500
LEASE = timedelta(seconds=30)

IS_AWAITING = Order.status == OrderStatus.AWAITING_PAYMENT


def set_alarm(deadline: datetime) -> None:
    """Have the worker look for overdue orders right after the slot of this deadline ends.

    Call it after the commit. The second order of a slot finds the alarm set.
    """
    slot = math.ceil(deadline.timestamp() / SLOT_SECONDS)
    # RQ cuts times to whole seconds and so runs up to a second early.
    at = datetime.fromtimestamp(slot * SLOT_SECONDS + 1, UTC)
    jobs.enqueue_at(at, end_overdue, job_id=f"expire-{slot}")


def may_begin_to_pay(order: Order) -> bool:
    """Whether enough of the order's time is left. Who has begun may go on until its end."""
    return order.checkout_started_at is not None or time_is_enough(order)


def time_is_enough(order: Order) -> bool:
    """Whether a payment that begins now may well be done before the order's deadline."""
    least = timedelta(seconds=min(60, settings().order_hold_seconds / 4))
    return order.expires_at - clock.now() >= least


def end_overdue() -> int:
    """Cancel every overdue order whose checkout never began; begin to close the others.

    How many orders moved. Run by alarms, by the sweep and by `flask sweep`, at
    once if need be: each order is moved by one of them.
    """
    return cancel_overdue() + close_overdue()


def cancel_overdue() -> int:
    """Cancel, in sets, the overdue orders that nobody can be paying. How many."""
    total = 0
    while True:
        with transaction():
            cancelled = _cancel_batch()
        total += cancelled
        if cancelled < BATCH:
            return total


def close_overdue() -> int:
    """Begin to close the orders whose checkout began and whose grace is over. How many.

    Whether one of them was paid at the last moment is for Stripe to say; the
    payments feature asks and finishes.
    """
    return sum(_close_safely(order_id) for order_id in _overdue_with_checkout())


def _cancel_batch() -> int:
    now = clock.now()
    nobody_can_be_paying = (
        IS_AWAITING,
        Order.checkout_started_at.is_(None),
    )
    due = db.session.scalars(
        select(Order.id)
        .where(*nobody_can_be_paying, Order.expires_at <= now)
        .order_by(Order.expires_at)
        .limit(BATCH)
        # Another sweep's rows, and those of a buyer who is just now starting to pay, are not ours.
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    if not due:
        return 0
    orders = db.session.scalars(
        update(Order)
        .where(Order.id.in_(due), *nobody_can_be_paying)
        .values(status=OrderStatus.CANCELLED, cancel_reason=EXPIRED)
        .returning(Order)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).all()
    inventory.release([order.id for order in orders])
    db.session.execute(
        insert(TimelineEntry),
        [
            {
                "order_id": order.id,
                "from_status": OrderStatus.AWAITING_PAYMENT,
                "to_status": OrderStatus.CANCELLED,
                "actor": Actor.CLOCK,
                "reason": EXPIRED,
                "at": now,
            }
            for order in orders
        ],
    )
    for order in orders:
        record(OrderCancelled(**transitions.facts_of(order), reason=EXPIRED))
    return len(orders)


def _overdue_with_checkout() -> Sequence[int]:
    grace = timedelta(seconds=settings().payment_grace_seconds)
    return claims.due_ids(
        Order,
        IS_AWAITING,
        Order.checkout_started_at.is_not(None),
        Order.expires_at <= clock.now() - grace,
        limit=BATCH,
    )


def _close_safely(order_id: int) -> bool:
    """Whether the order is closing now. One that fails waits for the end of its lease."""
    try:
        with transaction():
            claimed = claims.claim(Order, order_id, IS_AWAITING, lease=LEASE)
        if claimed:
            with transaction():
                return _close(order_id)
    except Exception:
        log.exception("order %s could not be closed, trying again later", order_id)
    return False


def _close(order_id: int) -> bool:
    order = lock(Order, order_id)
    if order.status != OrderStatus.AWAITING_PAYMENT or order.checkout_started_at is None:
        return False
    inventory.say_payment_is_checked(order.id)
    return transitions.transition(order, OrderStatus.CLOSING, actor=Actor.CLOCK, reason=EXPIRED)
