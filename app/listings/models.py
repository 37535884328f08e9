from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import User
from app.catalog.models import Event
from app.db import Model


class ListingStatus(StrEnum):
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class SplitRule(StrEnum):
    """How many of the tickets that are left somebody may take."""

    ANY = "any"
    TOGETHER = "together"  # all that is left
    PAIRS = "pairs"  # an even number, or all that is left
    NO_SINGLE_LEFT = "no_single_left"


class HandoverMethod(StrEnum):
    """How the seller gets the tickets to the buyer."""

    TRANSFER = "transfer"  # in the app they were bought in
    PDF = "pdf"
    POST = "post"
    IN_PERSON = "in_person"


class Listing(Model):
    """A seller's offer of tickets for one event at one unit price.

    `version` counts the seller's changes: a form shows one version, and what is
    sent from it applies to that version or not at all. Whether it is sold out or
    reserved is derived from its tickets.
    """

    __tablename__ = "listings"
    __table_args__ = (
        CheckConstraint("price_cents > 0", name="price_positive"),
        CheckConstraint("face_value_cents > 0", name="face_value_positive"),
        CheckConstraint("status IN ('active', 'withdrawn')", name="status"),
        CheckConstraint(
            "split_rule IN ('any', 'together', 'pairs', 'no_single_left')", name="split_rule"
        ),
        CheckConstraint(
            "handover_method IN ('transfer', 'pdf', 'post', 'in_person')", name="handover_method"
        ),
        Index("ix_listings_cheapest", "event_id", "status", "price_cents", "id"),
        Index("ix_listings_section", "event_id", "status", "section", "price_cents", "id"),
        # With the version, so that polling reads no row.
        Index("ix_listings_event", "event_id", "status", "id", "version"),
        Index("ix_listings_newest", "status", "created_at", "id"),
        Index("ix_listings_price", "status", "price_cents", "id"),
        Index("ix_listings_seller", "seller_id", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    seller_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    price_cents: Mapped[int]
    face_value_cents: Mapped[int | None]
    currency: Mapped[str]
    section: Mapped[str | None]
    row: Mapped[str | None]
    notes: Mapped[str | None]
    handover_method: Mapped[str] = mapped_column(default=HandoverMethod.TRANSFER)
    handover_notes: Mapped[str | None]  # for the buyer only, once paid
    split_rule: Mapped[str] = mapped_column(default=SplitRule.ANY)
    version: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(default=ListingStatus.ACTIVE)
    created_at: Mapped[datetime] = mapped_column(default=lambda: clock.now())

    # An outer join around the event's join with its venue would have SQLite read all events.
    event: Mapped[Event] = relationship(innerjoin=True)
    seller: Mapped[User] = relationship(innerjoin=True)
    tickets: Mapped[list["Ticket"]] = relationship(back_populates="listing", order_by="Ticket.id")

    @property
    def available(self) -> list["Ticket"]:
        """The tickets that nobody has taken."""
        return [ticket for ticket in self.tickets if ticket.status == TicketStatus.AVAILABLE]

    @property
    def unsold(self) -> list["Ticket"]:
        """The tickets that are on sale or held."""
        unsold = (TicketStatus.AVAILABLE, TicketStatus.HELD)
        return [ticket for ticket in self.tickets if ticket.status in unsold]


class TicketStatus(StrEnum):
    AVAILABLE = "available"
    HELD = "held"  # for an order that must be paid in time
    SOLD = "sold"
    VOID = "void"  # refunded: the buyer still has it, so it is never offered again


class Ticket(Model):
    """One admission. `order_id` is set exactly while it is held or sold.

    `held_until` is for others to see: the order's deadline. Once that has passed
    while the ticket is still held, its payment is being checked.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        CheckConstraint("status IN ('available', 'held', 'sold', 'void')", name="status"),
        CheckConstraint("(status IN ('held', 'sold')) = (order_id IS NOT NULL)", name="order"),
        CheckConstraint("(status = 'held') = (held_until IS NOT NULL)", name="held_until"),
        UniqueConstraint("listing_id", "seat"),
        # With the rest of what polling asks for.
        Index("ix_tickets_status", "listing_id", "status", "id", "held_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"))
    seat: Mapped[str | None]
    status: Mapped[str] = mapped_column(default=TicketStatus.AVAILABLE)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    held_until: Mapped[datetime | None]

    listing: Mapped[Listing] = relationship(back_populates="tickets")


class PastSale(Model):
    """At which price an order bought tickets. Gone again if it was refunded.

    Price histories and sellers' sums are read from it alone: it repeats what the order,
    the listing and the timeline say, in indexes that hold all that is asked for.
    """

    __tablename__ = "past_sales"
    __table_args__ = (
        CheckConstraint("price_cents > 0", name="price_positive"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index("ix_past_sales_event", "event_id", "sold_on", "price_cents", "quantity"),
        Index("ix_past_sales_seller", "seller_id", "sold_on", "price_cents", "quantity"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    seller_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    sold_on: Mapped[date]  # as the calendar at the venue has it
    price_cents: Mapped[int]  # what the seller gets for one ticket
    quantity: Mapped[int]
