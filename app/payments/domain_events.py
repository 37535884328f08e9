"""What can happen to a payment. Told under the order it is for, so in order with what it does."""

from dataclasses import dataclass

from app.outbox.recording import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PaymentEvent(DomainEvent):
    """`order_id` is the public one."""

    order_id: str
    amount_cents: int
    currency: str

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
    refund_id: int
    reason: str
