"""Offers on the cards of other pages: the cheapest of an event, the newest of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import bindparam, select

from app import clock
from app.catalog.models import Event, EventStatus, Venue
from app.db import db
from app.listings.models import Listing, ListingStatus, TicketStatus
from app.listings.places import Places
from app.listings.pricing import all_in
from app.listings.stock import AVAILABLE, has


@dataclass(frozen=True, slots=True)
class FreshOffer:
    """What a ticket card says about an offer away from its event's page."""

    listing_id: int
    price_cents: int  # what a buyer pays for one ticket, all fees in
    section: str | None
    row: str | None
    available: int
    title: str
    starts_at: datetime
    time_announced: bool
    venue: str
    city: str
    zone: ZoneInfo

    @property
    def places(self) -> Places:
        """Roughly where, and how many: which seats, the offer's own page says."""
        pairs = (
            (_("Section"), self.section),
            (_("Row"), self.row),
            (_("Tickets"), str(self.available)),
        )
        return [(name, value) for name, value in pairs if value]


def cheapest_for(event_ids: Sequence[int]) -> dict[int, int]:
    """For each of these events with a ticket on sale, what the cheapest one costs."""
    if not event_ids:
        return {}
    rows = db.session.execute(_CHEAPEST, {"event_ids": list(event_ids)})
    return {row.id: all_in(row.price_cents) for row in rows if row.price_cents}


def fresh_offers(limit: int = 6) -> list[FreshOffer]:
    """The newest offers with a ticket left, for events ahead."""
    rows = db.session.execute(_FRESH, {"limit": limit, "now": clock.now()})
    return [
        FreshOffer(
            listing_id=row.id,
            price_cents=all_in(row.price_cents),
            section=row.section,
            row=row.row,
            available=row.available,
            title=row.title,
            starts_at=row.starts_at,
            time_announced=row.time_announced,
            venue=row.venue,
            city=row.city,
            zone=ZoneInfo(row.timezone),
        )
        for row in rows
    ]


# A subquery per event reads the first fitting entry of the index, not every offer.
_CHEAPEST = select(
    Event.id,
    select(Listing.price_cents)
    .where(
        Listing.event_id == Event.id,
        Listing.status == ListingStatus.ACTIVE,
        has(TicketStatus.AVAILABLE),
    )
    .order_by(Listing.price_cents)
    .limit(1)
    .correlate(Event)
    .scalar_subquery()
    .label("price_cents"),
).where(Event.id.in_(bindparam("event_ids", expanding=True)))

_FRESH = (
    select(
        Listing.id,
        Listing.price_cents,
        Listing.section,
        Listing.row,
        AVAILABLE.label("available"),
        Event.title,
        Event.starts_at,
        Event.time_announced,
        Venue.name.label("venue"),
        Venue.city,
        Venue.timezone,
    )
    .join(Event, Listing.event_id == Event.id)
    .join(Venue, Event.venue_id == Venue.id)
    .where(
        Listing.status == ListingStatus.ACTIVE,
        Event.starts_at > bindparam("now"),
        Event.status != EventStatus.CANCELLED,
        has(TicketStatus.AVAILABLE),
    )
    .order_by(Listing.created_at.desc(), Listing.id.desc())
    .limit(bindparam("limit"))
)
