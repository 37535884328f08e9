from datetime import datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index
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


class SellerKind(StrEnum):
    PRIVATE = "private"
    TRADE = "trade"


class SellerStatement(Model):
    """What somebody said about how they sell. The latest holds, and none is ever changed:
    whoever reserved before it sees what was said then.
    """

    __tablename__ = "seller_statements"
    __table_args__ = (
        CheckConstraint("kind IN ('private', 'trade')", name="kind"),
        CheckConstraint(
            "(kind = 'trade') = (business_name IS NOT NULL AND address IS NOT NULL AND "
            "email IS NOT NULL AND phone IS NOT NULL AND vat_id IS NOT NULL)",
            name="business",
        ),
        Index("ix_seller_statements_latest", "user_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str]
    business_name: Mapped[str | None]
    address: Mapped[str | None]  # several lines
    email: Mapped[str | None]
    phone: Mapped[str | None]
    vat_id: Mapped[str | None]
    register: Mapped[str | None]
    stated_at: Mapped[datetime] = mapped_column(default=lambda: clock.now())

    @property
    def is_trade(self) -> bool:
        return self.kind == SellerKind.TRADE


class UserSession(Model):
    """One signed-in browser. Deleting the row signs it out, wherever its cookie is.

    The cookie carries a random token; the row keeps only its SHA-256, so that
    nobody who reads the database can sign in with what they find. `last_seen_at`
    is right to the hour.
    """

    __tablename__ = "user_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=lambda: clock.now())
    expires_at: Mapped[datetime] = mapped_column(index=True)
    last_seen_at: Mapped[datetime] = mapped_column(default=lambda: clock.now())
    browser: Mapped[str | None]  # "Firefox, Linux": what people recognise, no more

    user: Mapped[User] = relationship()


class TokenSession(Model):
    """One signed-in program. Deleting the row ends its tokens.

    A refresh token is the id and a secret that changes with each use; the row keeps only the
    hash of the present one.
    """

    __tablename__ = "token_sessions"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    refresh_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=lambda: clock.now())
    expires_at: Mapped[datetime] = mapped_column(index=True)
