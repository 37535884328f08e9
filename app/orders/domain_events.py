"""What can happen to an order. Past tense, ids and plain facts, never renamed."""

from dataclasses import dataclass
from datetime import datetime

from app.outbox.recording import DomainEvent


@dataclass(frozen=True, kw_only=True)
class OrderEvent(DomainEvent):
    """What every event of an order tells. `order_id` is the public one."""

    order_id: str
    listing_id: int
    quantity: int
    total_cents: int
    currency: str
    status: str

    @property
    def subject(self) -> str:
        return f"orders/{self.order_id}"


@dataclass(frozen=True, kw_only=True)
class OrderReserved(OrderEvent):
    """Tickets are held until `expires_at`."""

    type = "order.reserved"
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderClosing(OrderEvent):
    """No payment may start any more. Whether one already has is being asked."""

    type = "order.closing"
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(OrderEvent):
    """Nobody paid. The tickets are on sale again."""

    type = "order.cancelled"
    reason: str


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
