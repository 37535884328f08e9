"""A buyer's orders, found through their owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import joinedload

from app import clock
from app.catalog.models import Event, Venue
from app.db import db
from app.listings.models import Listing, Ticket
from app.listings.places import Places, places
from app.orders.models import UNPAID, Order, OrderStatus, OrderTicket, Payable

PAGE_SIZE = 20
# Who stands in front of the door looks for the ticket among what is ahead.
STILL_GOING_ON = timedelta(hours=24)


class Section(StrEnum):
    """The parts of "My orders", in the order in which they are shown."""

    UNPAID = "unpaid"
    UPCOMING = "upcoming"
    PAST = "past"
    ENDED = "ended"  # cancelled or refunded


@dataclass(frozen=True)
class OrderLine(Payable):
    """One order in a list."""

    public_id: str
    status: str
    quantity: int
    total_cents: int
    currency: str
    expires_at: datetime
    checkout_started_at: datetime | None
    cancel_reason: str | None
    incident: str | None
    payment_unknown_since: datetime | None
    section: str | None
    row: str | None
    seats: str | None  # one a line
    title: str
    starts_at: datetime
    time_announced: bool
    venue: str
    city: str
    timezone: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def places(self) -> Places:
        return places(self.section, self.row, (self.seats or "").split("\n"))


@dataclass(frozen=True)
class Page:
    """Up to twenty orders of a section. `next_after` is where the next page begins, if any."""

    section: Section
    orders: Sequence[OrderLine]
    next_after: str | None


# A seat's name has no line break, so they come back one by one.
_SEATS = (
    select(func.aggregate_strings(Ticket.seat, "\n"))
    .join(OrderTicket, OrderTicket.ticket_id == Ticket.id)
    .where(OrderTicket.order_id == Order.id)
    .correlate(Order)
    .scalar_subquery()
)

_LINES = (
    select(
        Order.public_id,
        Order.status,
        Order.quantity,
        Order.total_cents,
        Order.currency,
        Order.expires_at,
        Order.checkout_started_at,
        Order.cancel_reason,
        Order.incident,
        Order.payment_unknown_since,
        Listing.section,
        Listing.row,
        _SEATS.label("seats"),
        Event.title,
        Event.starts_at,
        Event.time_announced,
        Venue.name.label("venue"),
        Venue.city,
        Venue.timezone,
    )
    .join(Order.listing)
    .join(Listing.event)
    .join(Event.venue)
)


def order_of(buyer_id: int, public_id: str) -> Order | None:
    """The order with what its page shows. None for everybody but its buyer."""
    return db.session.scalar(
        select(Order)
        .where(Order.public_id == public_id, Order.buyer_id == buyer_id)
        .options(joinedload(Order.listing).joinedload(Listing.event))
        .options(joinedload(Order.listing).joinedload(Listing.seller))
    )


def newest_of(
    buyer_id: int,
    *,
    limit: int,
    status: OrderStatus | None = None,
    after: tuple[datetime, int] | None = None,
) -> Sequence[Order]:
    """The buyer's orders with their events, the newest first, from the one after this place on."""
    orders = (
        select(Order)
        .where(Order.buyer_id == buyer_id)
        .options(joinedload(Order.listing).joinedload(Listing.event))
        .order_by(Order.created_at.desc(), Order.id.desc())
        .limit(limit)
    )
    if status:
        orders = orders.where(Order.status == status)
    if after:
        orders = orders.where(tuple_(Order.created_at, Order.id) < after)
    return db.session.scalars(orders).all()


def place_of(buyer_id: int, public_id: str) -> tuple[datetime, int] | None:
    """Where in `newest_of` the order stands. None for everybody but its buyer."""
    row = db.session.execute(
        select(Order.created_at, Order.id).where(
            Order.public_id == public_id, Order.buyer_id == buyer_id
        )
    ).one_or_none()
    return (row.created_at, row.id) if row else None


def page_of(buyer_id: int, section: Section, after: str | None = None) -> Page:
    """The section's first orders, or those that follow the order `after`.

    What must be paid or is ahead comes soonest first, what is over latest first.
    """
    key, condition, latest_first = _sorting(section)
    lines = _LINES.where(Order.buyer_id == buyer_id, condition)
    if after and (anchor := _anchor(buyer_id, key, after)):
        here = tuple_(key, Order.id)
        lines = lines.where(here < anchor if latest_first else here > anchor)
    order_by = [key.desc(), Order.id.desc()] if latest_first else [key, Order.id]
    rows = db.session.execute(lines.order_by(*order_by).limit(PAGE_SIZE + 1)).all()
    orders = [OrderLine(**row._mapping) for row in rows[:PAGE_SIZE]]
    return Page(section, orders, orders[-1].public_id if len(rows) > PAGE_SIZE else None)


def _sorting(section: Section) -> tuple[Any, ColumnElement[bool], bool]:
    """By which column, which orders, and whether the latest come first."""
    began = clock.now() - STILL_GOING_ON
    completed = Order.status == OrderStatus.COMPLETED
    match section:
        case Section.UNPAID:
            return Order.expires_at, Order.status.in_(UNPAID), False
        case Section.UPCOMING:
            return Event.starts_at, completed & (Event.starts_at > began), False
        case Section.PAST:
            return Event.starts_at, completed & (Event.starts_at <= began), True
        case Section.ENDED:
            ended = Order.status.in_((OrderStatus.CANCELLED, OrderStatus.REFUNDED))
            return Order.created_at, ended, True


def _anchor(buyer_id: int, key: Any, public_id: str) -> tuple[Any, ...] | None:
    """Where the order stands in the list, as values to compare with."""
    query: Select[Any] = (
        select(key, Order.id)
        .join(Order.listing)
        .join(Listing.event)
        .where(Order.buyer_id == buyer_id, Order.public_id == public_id)
    )
    row = db.session.execute(query).one_or_none()
    return tuple(row) if row else None
