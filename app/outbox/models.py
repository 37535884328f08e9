from datetime import datetime
from enum import StrEnum
from typing import Any

import uuid_utils
from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.claims import Claimable
from app.db import Model, partial_index


class Message(Model):
    """One domain event, kept as it was recorded.

    `position` is the order of telling. The database counts it, so that what two machines say
    about one subject, one after the other, is in order whatever their clocks say. The columns
    at the end are the marks of those who follow (`following.py`).
    """

    __tablename__ = "messages"
    __table_args__ = (
        partial_index("ix_messages_not_in_stream", "position", where="stream_batch IS NULL"),
        partial_index("ix_messages_not_fanned_out", "position", where="fanned_out_at IS NULL"),
    )

    position: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(
        unique=True,
        default=lambda: str(uuid_utils.uuid7()),
        insert_sentinel=True,  # by which many that go in at once get their positions
    )
    type: Mapped[str]
    version: Mapped[int]
    subject: Mapped[str] = mapped_column(index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    happened_at: Mapped[datetime]
    stream_batch: Mapped[int | None]  # the append to the event stream that holds it
    fanned_out_at: Mapped[datetime | None]  # when rows were made for the webhooks that want it


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    DONE = "done"


class Delivery(Claimable, Model):
    """One reaction that is to be told one message. Its own row, so it is tried again alone.

    `id` gives the order in which a reaction is told about one subject.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'done')", name="status"),
        partial_index("ix_deliveries_due", "next_try_at", where="status = 'pending'"),
        partial_index(
            "ix_deliveries_order", "reaction", "subject", "id", where="status = 'pending'"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), index=True)
    reaction: Mapped[str]
    subject: Mapped[str]
    status: Mapped[str] = mapped_column(default=DeliveryStatus.PENDING)

    message: Mapped[Message] = relationship()
