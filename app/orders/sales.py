"""A seller's listings in every state, who bought from them, and what is owed for it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.accounts.models import User
from app.db import db
from app.listings import holds
from app.listings.models import Listing, ListingStatus, Ticket, TicketStatus
from app.listings.places import Places, places
from app.listings.seats import seats_text
from app.orders.models import Order, OrderStatus

PAGE_SIZE = 20

_EARNED = Order.unit_price_cents * Order.quantity  # the fee is the operator's


class SaleState(StrEnum):
    """Where a seller's listing stands, the first that is true."""

    RESERVED = "reserved"
    CHECKED = "checked"  # reserved, and a payment is being checked
    CANCELLED = "cancelled"  # the event
    SOLD = "sold"  # all of it
    WITHDRAWN = "withdrawn"
    OVER = "over"  # the event has begun
    ACTIVE = "active"


@dataclass(frozen=True)
class Lot:
    """Some of a listing's tickets that share a fate."""

    quantity: int
    seats: str  # empty where they have no names


@dataclass(frozen=True)
class Sale(Lot):
    """What one buyer has paid for and waits to be handed."""

    buyer: str
    owed_cents: int


@dataclass(frozen=True)
class SaleLine:
    """One listing of a seller, with its tickets by what became of them."""

    listing: Listing
    sales: Sequence[Sale]
    now: datetime

    @property
    def state(self) -> SaleState:
        if self._deadlines:
            return SaleState.CHECKED if min(self._deadlines) <= self.now else SaleState.RESERVED
        if self.listing.event.is_cancelled:
            return SaleState.CANCELLED
        if not self.available.quantity:
            return SaleState.SOLD
        if self.listing.status == ListingStatus.WITHDRAWN:
            return SaleState.WITHDRAWN
        return SaleState.OVER if self.listing.event.has_begun() else SaleState.ACTIVE

    @property
    def places(self) -> Places:
        """Where the tickets are, whatever became of them."""
        seats = [ticket.seat for ticket in self.listing.tickets]
        return places(self.listing.section, self.listing.row, seats)

    @property
    def available(self) -> Lot:
        """What nobody has taken."""
        return self._lot(TicketStatus.AVAILABLE)

    @property
    def held(self) -> Lot:
        """What somebody is paying for."""
        return self._lot(TicketStatus.HELD)

    @property
    def sold(self) -> int:
        return sum(sale.quantity for sale in self.sales)

    @property
    def held_until(self) -> datetime | None:
        """When the last hold ends."""
        return max(self._deadlines, default=None)

    @property
    def why_held(self) -> str | None:
        """Why it cannot be changed now and until when. None if it can."""
        return holds.why_held(self.listing)

    @property
    def may_be_edited(self) -> bool:
        """Whether the seller may change it now; once all is sold, what the buyers read."""
        event = self.listing.event
        return (
            not self._deadlines
            and self.listing.status == ListingStatus.ACTIVE
            and not (event.is_cancelled or event.has_begun())
        )

    @property
    def owed_cents(self) -> int:
        return sum(sale.owed_cents for sale in self.sales)

    @property
    def _deadlines(self) -> list[datetime]:
        return [ticket.held_until for ticket in self.listing.tickets if ticket.held_until]

    def _lot(self, status: TicketStatus) -> Lot:
        tickets = [ticket for ticket in self.listing.tickets if ticket.status == status]
        return Lot(len(tickets), _seats(tickets))


@dataclass(frozen=True)
class Page:
    """Up to twenty listings. `next_after` is where the next page begins, if there is one."""

    listings: Sequence[SaleLine]
    next_after: int | None


def page_of(seller_id: int, after: int | None = None) -> Page:
    """The seller's latest listings, or those that follow the listing `after`."""
    found = select(Listing).where(Listing.seller_id == seller_id)
    if after and (anchor := _anchor(seller_id, after)):
        found = found.where(tuple_(Listing.created_at, Listing.id) < anchor)
    listings = db.session.scalars(
        found.order_by(Listing.created_at.desc(), Listing.id.desc())
        .limit(PAGE_SIZE + 1)
        .options(joinedload(Listing.event), selectinload(Listing.tickets))
    ).all()
    shown = listings[:PAGE_SIZE]
    sales, now = _sales_of(shown), clock.now()
    lines = [SaleLine(listing, sales[listing.id], now) for listing in shown]
    return Page(lines, shown[-1].id if len(listings) > PAGE_SIZE else None)


def owed_cents(seller_id: int) -> int:
    """What the operator owes the seller for all completed orders. A refunded one owes nothing."""
    earned = db.session.scalar(
        select(func.sum(_EARNED))
        .join(Order.listing)
        .where(Listing.seller_id == seller_id, Order.status == OrderStatus.COMPLETED)
    )
    return int(earned or 0)  # PostgreSQL sums up in decimals


def _sales_of(listings: Sequence[Listing]) -> dict[int, list[Sale]]:
    """By listing: its completed orders, the first buyer first."""
    tickets: dict[int | None, list[Ticket]] = defaultdict(list)
    for listing in listings:
        for ticket in listing.tickets:
            tickets[ticket.order_id].append(ticket)
    orders = db.session.execute(
        select(
            Order.id, Order.listing_id, Order.quantity, _EARNED.label("cents"), User.display_name
        )
        .join(Order.buyer)
        .where(
            Order.listing_id.in_([listing.id for listing in listings]),
            Order.status == OrderStatus.COMPLETED,
        )
        .order_by(Order.id)
    )
    sales: dict[int, list[Sale]] = defaultdict(list)
    for order in orders:
        sale = Sale(order.quantity, _seats(tickets[order.id]), order.display_name, order.cents)
        sales[order.listing_id].append(sale)
    return sales


def _seats(tickets: Sequence[Ticket]) -> str:
    return seats_text([ticket.seat for ticket in tickets if ticket.seat])


def _anchor(seller_id: int, listing_id: int) -> tuple[datetime, int] | None:
    """Where the listing stands in the list, as values to compare with."""
    row = db.session.execute(
        select(Listing.created_at, Listing.id).where(
            Listing.seller_id == seller_id, Listing.id == listing_id
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None
