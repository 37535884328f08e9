import secrets
import string
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import User
from app.claims import Claimable
from app.db import Model, partial_index
from app.listings.models import Listing, Ticket
from app.listings.places import Places, places


class OrderStatus(StrEnum):
    AWAITING_PAYMENT = "awaiting_payment"  # tickets held until `expires_at`
    CLOSING = "closing"  # no payment may start; Stripe has not yet confirmed that the page is shut
    PROCESSING = "processing"  # a payment method that settles later
    COMPLETED = "completed"  # paid, the tickets are the buyer's
    CANCELLED = "cancelled"  # nobody paid, the tickets are free again
    REFUNDED = "refunded"  # the whole payment went back, the tickets are void


UNPAID = (OrderStatus.AWAITING_PAYMENT, OrderStatus.CLOSING, OrderStatus.PROCESSING)
# Reasons in the timeline: money came that bought nothing.
PAYMENT_GOES_BACK = ("payment_returned", "late_payment", "wrong_amount", "tickets_missing")
_STATUSES = ", ".join(f"'{status}'" for status in OrderStatus)
_UNPAID = "status IN ('awaiting_payment', 'closing', 'processing')"


ALPHABET = string.ascii_letters + string.digits


def new_public_id() -> str:
    """What stands in addresses: 131 random bits, so that nobody finds another one by counting.

    Letters and digits only: an id that begins with a dash is an option to a command line.
    """
    return "".join(secrets.choice(ALPHABET) for _ in range(22))


class Payable:
    """What an order and its line in a list have in common."""

    def may_be_paid(self: Any, now: datetime) -> bool:
        """Whether to offer the buyer to pay or to cancel: its time runs, and nothing about it is
        being checked.
        """
        return (
            self.status == OrderStatus.AWAITING_PAYMENT
            and self.expires_at > now
            and not self.incident
            and not self.payment_unknown_since
        )

    def has_run_out(self: Any, now: datetime) -> bool:
        """Whether its time is over and nobody can have paid: it ends with the next sweep."""
        return (
            self.status == OrderStatus.AWAITING_PAYMENT
            and self.expires_at <= now
            and self.checkout_started_at is None
            and not self.incident
        )

    def payment_is_checked(self: Any, now: datetime) -> bool:
        """Whether its buyer can but wait for what Stripe or the operator says of a payment."""
        waits = self.status in UNPAID and not self.may_be_paid(now) and not self.has_run_out(now)
        return waits or bool(self.incident)


class Order(Payable, Claimable, Model):
    """A buyer's right to buy some tickets, at the price of that moment.

    It is claimed to be closed: by the clock when it is overdue, at Stripe when it is closing.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(f"status IN ({_STATUSES})", name="status"),
        CheckConstraint("quantity BETWEEN 1 AND 8", name="quantity"),
        CheckConstraint("unit_price_cents > 0", name="unit_price"),
        CheckConstraint("fee_cents >= 0", name="fee"),
        CheckConstraint("total_cents = quantity * unit_price_cents + fee_cents", name="total"),
        CheckConstraint("status <> 'cancelled' OR cancel_reason IS NOT NULL", name="reason"),
        partial_index("ix_orders_due", "status", "expires_at", where=_UNPAID),
        partial_index("ix_orders_unpaid", "buyer_id", where=_UNPAID),
        Index("ix_orders_buyer", "buyer_id", "created_at", "id"),
        Index("ix_orders_listing", "listing_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"))
    listing_version: Mapped[int]
    quantity: Mapped[int]
    unit_price_cents: Mapped[int]
    fee_cents: Mapped[int]  # for all tickets together
    total_cents: Mapped[int]
    currency: Mapped[str]
    status: Mapped[str] = mapped_column(default=OrderStatus.AWAITING_PAYMENT)
    created_at: Mapped[datetime] = mapped_column(default=lambda: clock.now())
    expires_at: Mapped[datetime]
    checkout_started_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    incident: Mapped[str | None]  # what an operator must decide; nothing moves until then
    # The buyer came back from the payment page, and Stripe did not say whether they have paid.
    payment_unknown_since: Mapped[datetime | None]

    listing: Mapped[Listing] = relationship(innerjoin=True)
    buyer: Mapped[User] = relationship()
    timeline: Mapped[list["TimelineEntry"]] = relationship(order_by="TimelineEntry.id")
    tickets: Mapped[list[Ticket]] = relationship(
        secondary="order_tickets", order_by="Ticket.id", viewonly=True
    )

    @property
    def places(self) -> Places:
        return places(
            self.listing.section, self.listing.row, (ticket.seat for ticket in self.tickets)
        )

    def facts(self, now: datetime) -> tuple[object, ...]:
        """What tells one look at it from another: with equal facts its page shows the same."""
        return (
            *(self.status, self.expires_at, self.incident, self.payment_unknown_since),
            *(self.may_be_paid(now), self.has_run_out(now), self.listing.version),
            *(entry.id for entry in self.timeline),
        )

    @property
    def is_awaiting_payment(self) -> bool:
        return self.status == OrderStatus.AWAITING_PAYMENT

    @property
    def was_paid(self) -> bool:
        """Whether the tickets were the buyer's at some time."""
        return self.status in (OrderStatus.COMPLETED, OrderStatus.REFUNDED)

    @property
    def payment_goes_back(self) -> bool:
        """Whether a payment came for it that bought nothing and returns to the buyer."""
        return any(entry.reason in PAYMENT_GOES_BACK for entry in self.timeline)

    @property
    def is_unpaid(self) -> bool:
        return self.status in UNPAID


class OrderTicket(Model):
    """Which tickets an order had, for ever: a late payment may take exactly these again."""

    __tablename__ = "order_tickets"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True, index=True)


class Actor(StrEnum):
    """Who moved an order."""

    BUYER = "buyer"
    OPERATOR = "operator"
    CLOCK = "clock"
    STRIPE = "stripe"


class TimelineEntry(Model):
    """One transition of an order, written in the transaction that made it."""

    __tablename__ = "timeline_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    from_status: Mapped[str | None]  # None where it begins
    to_status: Mapped[str]
    actor: Mapped[str]
    reason: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(default=lambda: clock.now())
