"""A seller's listings in every state, and what is owed for the sold ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, tuple_

from app import clock
from app.catalog.models import Event, EventStatus, Venue
from app.db import db
from app.listings.models import Listing, ListingStatus, Ticket, TicketStatus
from app.orders.models import Order, OrderStatus

PAGE_SIZE = 20

_EARNED = func.sum(Order.unit_price_cents * Order.quantity)  # the fee is the operator's


@dataclass(frozen=True)
class SaleLine:
    """One listing of a seller, with its tickets counted by status."""

    id: int
    status: str
    version: int
    price_cents: int
    currency: str
    section: str | None
    row: str | None
    title: str
    starts_at: datetime
    time_announced: bool
    event_status: str
    venue: str
    city: str
    timezone: str
    available: int
    held: int
    sold: int
    held_until: datetime | None
    owed_cents: int
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def is_withdrawn(self) -> bool:
        return self.status == ListingStatus.WITHDRAWN

    @property
    def is_checked(self) -> bool:
        """Whether all that is held is past its deadline: its payment is being checked."""
        return self.held_until is not None and self.held_until <= self.now

    @property
    def is_over(self) -> bool:
        return self.event_status == EventStatus.CANCELLED or self.starts_at <= self.now

    @property
    def is_sold_out(self) -> bool:
        return self.available == 0 and self.held == 0


@dataclass(frozen=True)
class Page:
    """Up to twenty listings. `next_after` is where the next page begins, if there is one."""

    listings: Sequence[SaleLine]
    next_after: int | None


_LINES = (
    select(
        Listing.id,
        Listing.status,
        Listing.version,
        Listing.price_cents,
        Listing.currency,
        Listing.section,
        Listing.row,
        Event.title,
        Event.starts_at,
        Event.time_announced,
        Event.status.label("event_status"),
        Venue.name.label("venue"),
        Venue.city,
        Venue.timezone,
    )
    .join(Listing.event)
    .join(Event.venue)
    .order_by(Listing.created_at.desc(), Listing.id.desc())
    .limit(PAGE_SIZE + 1)
)


def page_of(seller_id: int, after: int | None = None) -> Page:
    """The seller's latest listings, or those that follow the listing `after`."""
    lines = _LINES.where(Listing.seller_id == seller_id)
    if after and (anchor := _anchor(seller_id, after)):
        lines = lines.where(tuple_(Listing.created_at, Listing.id) < anchor)
    rows = db.session.execute(lines).all()
    shown = rows[:PAGE_SIZE]
    ids = [row.id for row in shown]
    counts, owed, now = _tickets_of(ids), _owed_for(ids), clock.now()
    nothing = {"available": 0, "held": 0, "sold": 0, "held_until": None}
    listings = [
        SaleLine(
            **row._mapping,
            **counts.get(row.id, nothing),
            owed_cents=owed.get(row.id, 0),
            now=now,
        )
        for row in shown
    ]
    return Page(listings, ids[-1] if len(rows) > PAGE_SIZE else None)


def owed_cents(seller_id: int) -> int:
    """What the operator owes the seller for all completed orders. A refunded one owes nothing."""
    earned = db.session.scalar(
        select(_EARNED)
        .join(Order.listing)
        .where(Listing.seller_id == seller_id, Order.status == OrderStatus.COMPLETED)
    )
    return int(earned or 0)  # PostgreSQL sums up in decimals


def _tickets_of(listing_ids: Sequence[int]) -> dict[int, dict]:
    """By listing: how many tickets in which state, and when the last hold ends."""

    def count(status: TicketStatus):
        return func.count().filter(Ticket.status == status)

    rows = db.session.execute(
        select(
            Ticket.listing_id,
            count(TicketStatus.AVAILABLE).label("available"),
            count(TicketStatus.HELD).label("held"),
            count(TicketStatus.SOLD).label("sold"),
            func.max(Ticket.held_until).label("held_until"),
        )
        .where(Ticket.listing_id.in_(listing_ids))
        .group_by(Ticket.listing_id)
    ).mappings()
    return {row["listing_id"]: {k: v for k, v in row.items() if k != "listing_id"} for row in rows}


def _owed_for(listing_ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Order.listing_id, _EARNED)
        .where(Order.listing_id.in_(listing_ids), Order.status == OrderStatus.COMPLETED)
        .group_by(Order.listing_id)
    )
    return {listing_id: int(cents) for listing_id, cents in rows}


def _anchor(seller_id: int, listing_id: int) -> tuple[datetime, int] | None:
    """Where the listing stands in the list, as values to compare with."""
    row = db.session.execute(
        select(Listing.created_at, Listing.id).where(
            Listing.seller_id == seller_id, Listing.id == listing_id
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None
