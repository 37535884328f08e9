from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Model


class User(UserMixin, Model):
    """One account. Buys and sells. `email` is stored case-folded, which makes it unique."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_folded"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    display_name: Mapped[str]
    locale: Mapped[str | None]
    is_admin: Mapped[bool] = mapped_column(default=False)
    email_verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=lambda: clock.now())


class UserSession(Model):
    """One signed-in browser. Deleting the row signs it out, wherever its cookie is.

    The cookie carries a random token; the row keeps only its SHA-256, so that
    nobody who reads the database can sign in with what they find.
    """

    __tablename__ = "user_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=lambda: clock.now())
    expires_at: Mapped[datetime] = mapped_column(index=True)

    user: Mapped[User] = relationship()
