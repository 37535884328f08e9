"""What the tickets on sale for one event cost, all fees in: all together and by section."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import bindparam, select

from app.db import db
from app.listings.inventory import allowed_quantities
from app.listings.models import Listing, ListingStatus
from app.listings.pricing import all_in
from app.listings.stock import AVAILABLE

MOST_SECTIONS = 100


@dataclass(frozen=True, slots=True)
class Section:
    """Where tickets are left, what the cheapest of them costs, and how many there are."""

    name: str
    cheapest_cents: int
    tickets: int


@dataclass(frozen=True, slots=True)
class AskingPrices:
    """`tickets_at` is how many tickets cost what, of those that were asked for.

    The rest is about all that the event has; sections come cheapest first.
    """

    tickets_at: Mapping[int, int]
    cheapest_cents: int | None
    sections: list[Section]


def asking_prices(
    event_id: int,
    quantity: int | None = None,
    section: str | None = None,
    without_listing: int | None = None,
) -> AskingPrices:
    """One question to the database, whatever is asked for: offers that sell so many tickets,
    are in that section, are not this one.
    """
    tickets_at: dict[int, int] = defaultdict(int)
    tickets_in: dict[str, int] = defaultdict(int)
    cheapest: dict[str, int] = {}
    offers = [row for row in db.session.execute(_OFFERS, {"event_id": event_id}) if row[-1]]
    # There may be thousands, so they are taken apart as tuples.
    for listing_id, name, price_cents, split_rule, available in offers:  # the cheapest first
        if name:
            cheapest.setdefault(name, price_cents)
            tickets_in[name] += available
        if (
            (section is None or section == name)
            and (quantity is None or _sells(split_rule, available, quantity))
            and listing_id != without_listing
        ):
            tickets_at[price_cents] += available
    return AskingPrices(
        tickets_at={all_in(price): tickets for price, tickets in tickets_at.items()},
        cheapest_cents=all_in(offers[0].price_cents) if offers else None,
        sections=[
            Section(name, all_in(price), tickets_in[name])
            for name, price in list(cheapest.items())[:MOST_SECTIONS]
        ],
    )


_OFFERS = (
    select(
        Listing.id,
        Listing.section,
        Listing.price_cents,
        Listing.split_rule,
        AVAILABLE.label("available"),
    )
    .where(Listing.event_id == bindparam("event_id"), Listing.status == ListingStatus.ACTIVE)
    .order_by(Listing.price_cents)
)


@lru_cache(maxsize=4096)
def _sells(split_rule: str, available: int, quantity: int) -> bool:
    return quantity in allowed_quantities(split_rule, available)
