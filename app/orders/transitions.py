"""The one way an order changes its status: conditional, written down, and told."""

from typing import Any

from sqlalchemy import update

from app import clock
from app.db import changed, db
from app.orders.domain_events import (
    OrderCancelled,
    OrderClosing,
    OrderCompleted,
    OrderEvent,
    OrderProcessing,
    OrderRefunded,
)
from app.orders.models import Actor, Order, OrderStatus, TimelineEntry
from app.outbox.recording import record

AWAITING, CLOSING, PROCESSING = (
    OrderStatus.AWAITING_PAYMENT,
    OrderStatus.CLOSING,
    OrderStatus.PROCESSING,
)
COMPLETED, CANCELLED, REFUNDED = (
    OrderStatus.COMPLETED,
    OrderStatus.CANCELLED,
    OrderStatus.REFUNDED,
)

ALLOWED: dict[str, frozenset[str]] = {
    AWAITING: frozenset({CLOSING, CANCELLED, COMPLETED, PROCESSING}),
    CLOSING: frozenset({CANCELLED, COMPLETED, PROCESSING}),
    PROCESSING: frozenset({COMPLETED, CLOSING}),
    CANCELLED: frozenset({COMPLETED}),
    COMPLETED: frozenset({REFUNDED}),
    REFUNDED: frozenset(),
}

EVENTS: dict[str, type[OrderEvent]] = {
    CLOSING: OrderClosing,
    CANCELLED: OrderCancelled,
    PROCESSING: OrderProcessing,
    COMPLETED: OrderCompleted,
    REFUNDED: OrderRefunded,
}


def transition(order: Order, to_status: str, *, actor: Actor, reason: str | None = None) -> bool:
    """Move the order on from the status we know it in. False if somebody moved it before us.

    Writes the timeline and records the domain event in the same transaction.
    `reason` says why it ends, for closing and cancelled. ValueError for a move
    that the table does not know: that is a mistake of ours, not a lost race.
    """
    from_status = order.status
    if to_status not in ALLOWED[from_status]:
        raise ValueError(f"order {order.id}: {from_status} -> {to_status} is not a move")
    ending = to_status in (CLOSING, CANCELLED)
    moved = changed(
        update(Order)
        .where(Order.id == order.id, Order.status == from_status)
        .values(
            status=to_status,
            cancel_reason=(reason or Order.cancel_reason) if ending else None,
            tries=0,
            next_try_at=clock.now(),
            payment_unknown_since=None,
        )
        .execution_options(synchronize_session=False)
    )
    if not moved:
        return False
    db.session.refresh(order)
    note(order, from_status, actor=actor, reason=reason)
    facts: dict[str, Any] = {"reason": order.cancel_reason} if ending else {}
    record(EVENTS[to_status](**facts_of(order), **facts))
    return True


def note(order: Order, from_status: str | None, *, actor: Actor, reason: str | None = None) -> None:
    """Write the timeline entry for where the order is now."""
    db.session.add(
        TimelineEntry(
            order_id=order.id,
            from_status=from_status,
            to_status=order.status,
            actor=actor,
            reason=reason,
        )
    )


def facts_of(order: Order) -> dict[str, Any]:
    """What every domain event of the order tells."""
    return {
        "order_id": order.public_id,
        "listing_id": order.listing_id,
        "quantity": order.quantity,
        "total_cents": order.total_cents,
        "currency": order.currency,
        "status": order.status,
    }
