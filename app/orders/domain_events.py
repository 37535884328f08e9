"""What can happen to an order. Past tense, ids and plain facts, never renamed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from app.outbox.recording import DomainEvent


@dataclass(frozen=True, kw_only=True)
class OrderEvent(DomainEvent):
    """The order as it is after the change."""

    order_id: Annotated[str, "the order's public id"]
    listing_id: Annotated[int, "number of the listing that the tickets are from"]
    quantity: Annotated[int, "tickets of the order"]
    total_cents: Annotated[int, "what the buyer pays for all of them, fees included"]
    currency: Annotated[str, "ISO 4217, such as EUR"]
    status: Annotated[
        str, "awaiting_payment, closing, processing, completed, cancelled or refunded"
    ]

    @property
    def subject(self) -> str:
        return f"orders/{self.order_id}"


@dataclass(frozen=True, kw_only=True)
class OrderReserved(OrderEvent):
    """Somebody reserved tickets, and has until `expires_at` to pay."""

    type = "order.reserved"
    expires_at: Annotated[datetime, "until then the tickets are held"]


@dataclass(frozen=True, kw_only=True)
class OrderClosing(OrderEvent):
    """No payment may start any more. Whether one already has is being asked."""

    type = "order.closing"
    reason: Annotated[str, "why it ends, such as expired"]


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(OrderEvent):
    """Nobody paid. The tickets are on sale again."""

    type = "order.cancelled"
    reason: Annotated[str, "why it ended, such as expired"]


@dataclass(frozen=True, kw_only=True)
class OrderProcessing(OrderEvent):
    """The buyer paid by a method that settles later."""

    type = "order.processing"


@dataclass(frozen=True, kw_only=True)
class OrderCompleted(OrderEvent):
    """Paid. The tickets are the buyer's."""

    type = "order.completed"


@dataclass(frozen=True, kw_only=True)
class OrderRefunded(OrderEvent):
    """The whole payment went back. The tickets are void."""

    type = "order.refunded"
