"""What the tickets on sale for one event cost, all fees in: all together and by section."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
    offers = db.session.execute(_OFFERS, {"event_id": event_id})
    on_sale = [row for row in offers if row.available]  # the cheapest first
    tickets_at: Counter[int] = Counter()
    cheapest: dict[str, int] = {}
    tickets_in: Counter[str] = Counter()
    for row in on_sale:
        if row.section:
            cheapest.setdefault(row.section, row.price_cents)
            tickets_in[row.section] += row.available
        if row.id != without_listing and _fits(row, quantity, section):
            tickets_at[row.price_cents] += row.available
    return AskingPrices(
        tickets_at={all_in(price): tickets for price, tickets in tickets_at.items()},
        cheapest_cents=all_in(on_sale[0].price_cents) if on_sale else None,
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


def _fits(row: Any, quantity: int | None, section: str | None) -> bool:
    return (section is None or row.section == section) and (
        quantity is None or quantity in allowed_quantities(row.split_rule, row.available)
    )
