"""A cancelled event: nobody pays for it any more, and everybody who paid gets it back.

Part of the sweep rather than of the operator's click, because a reservation or a
payment may commit a moment after the click.
"""

import logging
from collections.abc import Callable

from sqlalchemy import ColumnElement, select

from app.catalog.models import Event, EventStatus
from app.db import db, lock, transaction
from app.errors import Refusal
from app.listings.models import Listing
from app.orders import cancellation
from app.orders.models import Actor, Order, OrderStatus
from app.payments import refunds
from app.payments.models import CheckoutAttempt, DisputeStatus, RefundReason

log = logging.getLogger(__name__)

BATCH = 200
REASON = "event_cancelled"


def end_orders() -> int:
    """End the orders of cancelled events. How many were closed or refunded."""
    return _each(_unpaid(), _cancel) + _each(_refundable(), _refund)


def _unpaid() -> list[int]:
    return _orders(Order.status == OrderStatus.AWAITING_PAYMENT)


def _refundable() -> list[int]:
    disputed = (
        select(CheckoutAttempt.id)
        .where(
            CheckoutAttempt.order_id == Order.id,
            CheckoutAttempt.dispute == DisputeStatus.OPEN,
        )
        .exists()
    )
    return _orders(Order.status == OrderStatus.COMPLETED, ~disputed)


def _orders(*conditions: ColumnElement[bool]) -> list[int]:
    ids = db.session.scalars(
        select(Order.id)
        .join(Listing, Listing.id == Order.listing_id)
        .join(Event, Event.id == Listing.event_id)
        .where(Event.status == EventStatus.CANCELLED, *conditions)
        .order_by(Order.id)
        .limit(BATCH)
    ).all()
    db.session.rollback()
    return list(ids)


def _each(order_ids: list[int], end: Callable[[int], None]) -> int:
    ended = 0
    for order_id in order_ids:
        try:
            with transaction():
                end(order_id)
            ended += 1
        except Refusal as refusal:
            log.info("order %s of a cancelled event: %s", order_id, refusal)
        except Exception:
            log.exception("order %s of a cancelled event could not be ended", order_id)
    return ended


def _cancel(order_id: int) -> None:
    cancellation.cancel(order_id, actor=Actor.OPERATOR, reason=REASON)


def _refund(order_id: int) -> None:
    refunds.request(lock(Order, order_id), None, reason=RefundReason.EVENT_CANCELLED)
