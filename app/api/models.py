from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Model


class IdempotentRequest(Model):
    """A request that came with an Idempotency-Key, and what was answered, once it is known."""

    __tablename__ = "idempotent_requests"
    __table_args__ = (CheckConstraint("(status IS NULL) = (body IS NULL)", name="answered"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]  # of method, address and body
    claimed_until: Mapped[datetime]  # while it is being answered
    status: Mapped[int | None]
    headers: Mapped[dict[str, str] | None] = mapped_column(JSON)
    body: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=lambda: clock.now(), index=True)
