from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.claims import Claimable
from app.db import Model, partial_index
from app.outbox.models import Message


class EventStream(Model):
    """How far we are with the Redis Stream of this name.

    `last_entry` is Redis's id of what we appended last. `batch` counts every change of this
    row, so that of two workers who want to note something one comes too late.
    """

    __tablename__ = "event_streams"

    name: Mapped[str] = mapped_column(primary_key=True)
    last_entry: Mapped[str | None]
    batch: Mapped[int] = mapped_column(default=0)


class EndpointStatus(StrEnum):
    ENABLED = "enabled"
    DISABLED = "disabled"


class DisabledReason(StrEnum):
    FAILING = "failing"  # for more than a day
    GONE = "gone"  # it said so itself (410)
    OWNER = "owner"


class WebhookEndpoint(Claimable, Model):
    """Where somebody wants to be told of the domain events of these types that concern them.

    Claimed by whoever sends to it, so that one sends to it at a time. `tries` counts the claims
    since it last took something. The old secret signs, too, until `old_secret_until`.
    """

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        CheckConstraint("status IN ('enabled', 'disabled')", name="status"),
        CheckConstraint("(status = 'disabled') = (disabled_at IS NOT NULL)", name="disabled"),
        partial_index("ix_webhook_endpoints_due", "next_try_at", where="status = 'enabled'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    url: Mapped[str]
    types: Mapped[list[str]] = mapped_column(JSON)
    secret: Mapped[str]
    old_secret: Mapped[str | None]
    old_secret_until: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(default=EndpointStatus.ENABLED)
    disabled_reason: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=lambda: clock.now())

    @property
    def is_enabled(self) -> bool:
        return self.status == EndpointStatus.ENABLED


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"  # given up


class WebhookDelivery(Claimable, Model):
    """One message that is to be sent to one endpoint. `tries` counts the attempts.

    `role` is what the endpoint's owner is in it, which decides what of it they may see.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'delivered', 'failed')", name="status"),
        UniqueConstraint("endpoint_id", "message_id"),
        Index("ix_webhook_deliveries_log", "endpoint_id", "id"),
        partial_index(
            "ix_webhook_deliveries_due", "endpoint_id", "next_try_at", where="status = 'pending'"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"))
    role: Mapped[str]
    status: Mapped[str] = mapped_column(default=DeliveryStatus.PENDING)
    created_at: Mapped[datetime] = mapped_column(default=lambda: clock.now(), index=True)

    message: Mapped[Message] = relationship()
    attempts: Mapped[list["WebhookAttempt"]] = relationship(
        order_by="WebhookAttempt.id", passive_deletes=True
    )


class WebhookAttempt(Model):
    """One try to send a delivery: what was answered, or what kept us from an answer."""

    __tablename__ = "webhook_attempts"
    __table_args__ = (
        CheckConstraint("(status_code IS NULL) <> (trouble IS NULL)", name="outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    status_code: Mapped[int | None]
    trouble: Mapped[str | None]
    duration_ms: Mapped[int]
