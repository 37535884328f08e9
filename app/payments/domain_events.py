"""What can happen to a payment. Told under the order it is for, so in order with what it does."""

from dataclasses import dataclass
from typing import Annotated

from app.outbox.recording import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PaymentEvent(DomainEvent):
    """Money that moves."""

    order_id: Annotated[str, "public id of the order that it is for"]
    amount_cents: Annotated[int, "how much"]
    currency: Annotated[str, "ISO 4217, such as EUR"]

    @property
    def subject(self) -> str:
        return f"orders/{self.order_id}"


@dataclass(frozen=True, kw_only=True)
class PaymentReceived(PaymentEvent):
    """Stripe has the buyer's money."""

    type = "payment.received"


@dataclass(frozen=True, kw_only=True)
class RefundIssued(PaymentEvent):
    """Money is to go back to the buyer: written here, then told to Stripe."""

    type = "refund.issued"
    refund_id: Annotated[int, "number of the refund"]
    reason: Annotated[str, "why it goes back, such as late_payment"]
