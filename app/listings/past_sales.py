"""What tickets were sold for: remembered with each sale, read as prices and sums by day.

A refund, also after a lost dispute or a cancelled event, takes its sale out again: nobody paid
that price in the end. While a dispute is open the sale stands, as its order does.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, delete, func, select

from app import clock
from app.db import db
from app.listings.models import Listing, PastSale
from app.listings.pricing import all_in

DAYS_SHOWN = 30
FEWEST_DAYS = 3  # with a sale: fewer make no line


@dataclass(frozen=True, slots=True)
class DayPrice:
    """The middle price of a day: half of the tickets sold cost that or less.

    It has today's fees in, so that it compares with what is on sale.
    """

    day: date
    price_cents: int
    tickets: int


@dataclass(frozen=True, slots=True)
class DaySales:
    """What a seller sold on a day, and what they get for it."""

    day: date
    earned_cents: int
    tickets: int


def remember(order_id: int, listing: Listing, price_cents: int, quantity: int) -> None:
    """The order has bought so many tickets of the listing, each at this price without the fee."""
    db.session.add(
        PastSale(
            order_id=order_id,
            event_id=listing.event_id,
            seller_id=listing.seller_id,
            sold_on=clock.now().astimezone(listing.event.venue.zone).date(),
            price_cents=price_cents,
            quantity=quantity,
        )
    )
    db.session.flush()


def forget(order_id: int) -> None:
    """The order was refunded."""
    db.session.execute(delete(PastSale).where(PastSale.order_id == order_id))


def price_lines(event_ids: Sequence[int]) -> dict[int, list[DayPrice]]:
    """For each of these events with enough sales: its days of the last thirty, oldest first."""
    if not event_ids:
        return {}
    since = clock.now().date() - timedelta(days=DAYS_SHOWN - 1)
    rows = db.session.execute(_MIDDLES, {"event_ids": list(event_ids), "since": since})
    lines: dict[int, list[DayPrice]] = defaultdict(list)
    for row in rows:
        lines[row.event_id].append(DayPrice(row.sold_on, all_in(row.price_cents), int(row.tickets)))
    return {event_id: line for event_id, line in lines.items() if len(line) >= FEWEST_DAYS}


def sold_by(seller_id: int, since: date) -> list[DaySales]:
    """What the seller sold on each day with a sale since then, oldest first."""
    rows = db.session.execute(_BY_SELLER, {"seller_id": seller_id, "since": since})
    return [DaySales(row.sold_on, int(row.earned_cents), int(row.tickets)) for row in rows]


# Each sale with the tickets of its day up to its price. The lowest price that half of them reach
# is the middle one: one that somebody paid, also where their number is even.
_RANKED = (
    select(
        PastSale.event_id,
        PastSale.sold_on,
        PastSale.price_cents,
        func.sum(PastSale.quantity)
        .over(partition_by=(PastSale.event_id, PastSale.sold_on), order_by=PastSale.price_cents)
        .label("up_to_here"),
        func.sum(PastSale.quantity)
        .over(partition_by=(PastSale.event_id, PastSale.sold_on))
        .label("tickets"),
    )
    .where(
        PastSale.event_id.in_(bindparam("event_ids", expanding=True)),
        PastSale.sold_on >= bindparam("since"),
    )
    .subquery()
)
_MIDDLES = (
    select(
        _RANKED.c.event_id,
        _RANKED.c.sold_on,
        func.min(_RANKED.c.price_cents).label("price_cents"),
        func.min(_RANKED.c.tickets).label("tickets"),
    )
    .where(2 * _RANKED.c.up_to_here >= _RANKED.c.tickets)
    .group_by(_RANKED.c.event_id, _RANKED.c.sold_on)
    .order_by(_RANKED.c.event_id, _RANKED.c.sold_on)
)

_BY_SELLER = (
    select(
        PastSale.sold_on,
        func.sum(PastSale.price_cents * PastSale.quantity).label("earned_cents"),
        func.sum(PastSale.quantity).label("tickets"),
    )
    .where(PastSale.seller_id == bindparam("seller_id"), PastSale.sold_on >= bindparam("since"))
    .group_by(PastSale.sold_on)
    .order_by(PastSale.sold_on)
)
