"""One listing as its visitors see it: what is left, what it costs, or why it is not for sale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Row, select
from sqlalchemy.orm import joinedload

from app import clock
from app.config import settings
from app.db import db
from app.listings import inventory
from app.listings.models import Listing, ListingStatus, Ticket, TicketStatus
from app.listings.places import Places, places
from app.money import fee_cents
from app.orders.models import UNPAID, Order

_Ticket = Row[str | None, str, datetime | None]


class OfferState(StrEnum):
    """Where the offer stands, the first that is true."""

    CANCELLED = "cancelled"  # the event
    OVER = "over"  # the event has begun
    WITHDRAWN = "withdrawn"
    ON_SALE = "on_sale"
    RESERVED = "reserved"
    CHECKED = "checked"  # reserved, its deadline has passed, and its payment is being checked
    SOLD_OUT = "sold_out"


@dataclass(frozen=True)
class Offer:
    """A listing with the status of its tickets, as read at `now`."""

    listing: Listing
    tickets: Sequence[_Ticket]  # seat, status, held_until
    fee_cents: int  # for one ticket
    now: datetime

    @property
    def state(self) -> OfferState:
        if self.listing.event.is_cancelled:
            return OfferState.CANCELLED
        if self.listing.event.has_begun():
            return OfferState.OVER
        if self.listing.status == ListingStatus.WITHDRAWN:
            return OfferState.WITHDRAWN
        if self.available:
            return OfferState.ON_SALE
        if self.free_again_at:
            return OfferState.RESERVED
        return OfferState.CHECKED if self.is_held else OfferState.SOLD_OUT

    @property
    def available(self) -> int:
        return len(self._with_status(TicketStatus.AVAILABLE))

    @property
    def is_held(self) -> bool:
        return bool(self._with_status(TicketStatus.HELD))

    @property
    def free_again_at(self) -> datetime | None:
        """The next deadline by which somebody must pay, if one is ahead."""
        deadlines = [ticket.held_until for ticket in self._with_status(TicketStatus.HELD)]
        return min((deadline for deadline in deadlines if deadline > self.now), default=None)

    @property
    def places(self) -> Places:
        """Where those sit who take what is left; of an offer that is gone, all it had."""
        left = self._with_status(TicketStatus.AVAILABLE) or self.tickets
        return places(self.listing.section, self.listing.row, (ticket.seat for ticket in left))

    @property
    def quantities(self) -> list[int]:
        return inventory.allowed_quantities(self.listing.split_rule, self.available)

    @property
    def price_cents(self) -> int:
        """What one ticket costs the buyer, all fees in."""
        return self.listing.price_cents + self.fee_cents

    @property
    def facts(self) -> tuple[object, ...]:
        """What tells one look at it from another: with equal facts a page shows the same."""
        listing, event = self.listing, self.listing.event
        return (
            *(listing.version, listing.seller.display_name, self.state, self.free_again_at),
            *(event.starts_at, event.venue_id, event.time_announced),
            *map(tuple, self.tickets),
        )

    def _with_status(self, status: TicketStatus) -> list[_Ticket]:
        return [ticket for ticket in self.tickets if ticket.status == status]


def look_at(listing_id: int) -> Offer | None:
    """The offer as it is now. None if there never was one."""
    listing = db.session.get(
        Listing, listing_id, options=[joinedload(Listing.event), joinedload(Listing.seller)]
    )
    if listing is None:
        return None
    tickets = db.session.execute(
        select(Ticket.seat, Ticket.status, Ticket.held_until)
        .where(Ticket.listing_id == listing_id)
        .order_by(Ticket.id)
    ).all()
    fee = fee_cents(listing.price_cents, settings().buyer_fee_bps)
    return Offer(listing, tickets, fee, clock.now())


def unpaid_order_of(buyer_id: int, listing_id: int) -> str | None:
    """The public id of the buyer's latest unpaid order of this listing."""
    return db.session.scalar(
        select(Order.public_id)
        .where(
            Order.buyer_id == buyer_id,
            Order.listing_id == listing_id,
            Order.status.in_(UNPAID),
        )
        .order_by(Order.id.desc())
        .limit(1)
    )
