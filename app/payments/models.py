import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.claims import Claimable
from app.db import Model, partial_index
from app.orders.models import Order


class AttemptStatus(StrEnum):
    OPEN = "open"  # its page may be open somewhere
    PROCESSING = "processing"  # submitted, the money is on its way
    PAID = "paid"  # final
    CLOSED = "closed"  # nobody can pay it any more


LIVE = (AttemptStatus.OPEN, AttemptStatus.PROCESSING)
_LIVE = "status IN ('open', 'processing')"


class DisputeStatus(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"


def new_key() -> str:
    """An idempotency key: Stripe does the same thing once per key."""
    return secrets.token_urlsafe(24)


class CheckoutAttempt(Claimable, Model):
    """One Stripe Checkout Session for an order, with the parameters frozen under its key.

    At most one of an order is live, and at most one is the payment that completed it.
    """

    __tablename__ = "checkout_attempts"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'processing', 'paid', 'closed')", name="status"),
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint("(status = 'paid') = (captured_cents IS NOT NULL)", name="captured"),
        CheckConstraint("dispute IS NULL OR dispute IN ('open', 'won', 'lost')", name="dispute"),
        partial_index("uq_checkout_attempts_live", "order_id", where=_LIVE, unique=True),
        partial_index(
            "uq_checkout_attempts_completing", "order_id", where="completed_order", unique=True
        ),
        partial_index("ix_checkout_attempts_unsettled", "next_try_at", where=_LIVE),
        Index("ix_checkout_attempts_order", "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    key: Mapped[str] = mapped_column(unique=True, default=new_key)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    amount_cents: Mapped[int]
    currency: Mapped[str]
    status: Mapped[str] = mapped_column(default=AttemptStatus.OPEN)
    session_id: Mapped[str | None] = mapped_column(unique=True)
    url: Mapped[str | None]
    session_expires_at: Mapped[datetime]
    intent_id: Mapped[str | None] = mapped_column(unique=True)
    completed_order: Mapped[bool] = mapped_column(default=False)  # it is this payment that counts
    dispute: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=lambda: clock.now())
    paid_at: Mapped[datetime | None]
    captured_cents: Mapped[int | None]  # what was really paid; refunds never exceed it

    order: Mapped[Order] = relationship()


class RefundStatus(StrEnum):
    DUE = "due"  # written here, not yet known to Stripe
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class RefundReason(StrEnum):
    DUPLICATE = "duplicate"
    LATE_PAYMENT = "late_payment"
    TICKETS_MISSING = "tickets_missing"
    WRONG_AMOUNT = "wrong_amount"
    EVENT_CANCELLED = "event_cancelled"
    REQUESTED = "requested"  # by an operator
    DISPUTE = "dispute"
    EXTERNAL = "external"  # made in Stripe's dashboard


class Refund(Claimable, Model):
    """Money going back to the buyer. Written first, then told to Stripe: each try has a key
    of its own.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint(
            "status IN ('due', 'pending', 'succeeded', 'failed', 'canceled')", name="status"
        ),
        partial_index("ix_refunds_due", "next_try_at", where="status = 'due'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("checkout_attempts.id"), index=True)
    amount_cents: Mapped[int]
    reason: Mapped[str]
    status: Mapped[str] = mapped_column(default=RefundStatus.DUE)
    # The failed refund for which an operator sends the money once more.
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("refunds.id"), unique=True)
    stripe_id: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=lambda: clock.now())

    attempt: Mapped[CheckoutAttempt] = relationship()


class InboxStatus(StrEnum):
    RECEIVED = "received"
    DONE = "done"


class StripeEvent(Claimable, Model):
    """The webhook inbox: what Stripe told us, under Stripe's own id, so each comes in once."""

    __tablename__ = "stripe_events"
    __table_args__ = (
        CheckConstraint("status IN ('received', 'done')", name="status"),
        partial_index("ix_stripe_events_due", "next_try_at", where="status = 'received'"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    object_id: Mapped[str]
    status: Mapped[str] = mapped_column(default=InboxStatus.RECEIVED)
    received_at: Mapped[datetime] = mapped_column(default=lambda: clock.now())
