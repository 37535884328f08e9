"""The offers of one event, as visitors look at them.

Statements stand at module level and select columns: building them anew and filling
entities costs more than asking the database. Prices here have all fees in.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    bindparam,
    case,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from app import clock
from app.catalog.planning import without_index
from app.db import db
from app.listings.inventory import allowed_quantities
from app.listings.models import Listing, ListingStatus, Ticket, TicketStatus
from app.listings.places import Places, places
from app.listings.pricing import all_in, dearest_within
from app.listings.stock import has, sells

MOST_TAKEN_SHOWN = 6
CHEAPEST, NEWEST = SORTS = ("cheapest", "newest")

Columns: TypeAlias = Select[*tuple[Any, ...]]

_CURSOR = re.compile(r"(\d{1,15})-(\d{1,15})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Offer:
    """One ticket card on an event's page. `state` is available, held or sold."""

    listing_id: int
    price_cents: int  # what a buyer pays for one ticket, all fees in
    face_value_cents: int | None
    section: str | None
    row: str | None
    seats: list[str]
    state: str
    split_rule: str
    available: int
    held: int
    held_until: datetime | None  # the earliest deadline: then somebody may let go
    quantities: list[int]

    @property
    def places(self) -> Places:
        return places(self.section, self.row, self.seats)


@dataclass(frozen=True, slots=True)
class Offers:
    """A page of offers. `taken`, some reserved and sold ones, comes after the last page."""

    items: list[Offer]
    taken: list[Offer]
    next_cursor: str | None


def offers_of(
    event_id: int,
    quantity: int | None = None,
    section: str | None = None,
    most_cents: int | None = None,
    sort: str = CHEAPEST,
    after: str | None = None,
    limit: int = 20,
) -> Offers:
    """The event's active offers, where `quantity` is given those that sell so many.

    `most_cents` is with all fees. `after` is the `next_cursor` of the page before;
    one that makes no sense gives the first page.
    """
    wanted = _wanted(quantity, section, most_cents)
    offers = _sorted(_ON_SALE.where(*wanted), sort, after, is_narrow=section is not None)
    rows = _rows(offers, event_id, limit + 1)
    has_more, rows = len(rows) > limit, rows[:limit]
    taken = [] if has_more or quantity is not None else _taken(wanted, event_id)
    tickets = _tickets_of(row.id for row in (*rows, *taken))
    return Offers(
        items=[_offer(row, tickets[row.id]) for row in rows],
        taken=[_offer(row, tickets[row.id]) for row in taken],
        next_cursor=f"{rows[-1].price_cents}-{rows[-1].id}" if has_more else None,
    )


def fingerprint(event_id: int) -> str:
    """Changes whenever the offers of the event would look different. One row answers it."""
    row = db.session.execute(_FINGERPRINT, {"event_id": event_id, "now": clock.now()}).one()
    return hashlib.sha256(repr(tuple(row)).encode()).hexdigest()[:20]


_OF_EVENT = select(
    Listing.id,
    Listing.price_cents,
    Listing.face_value_cents,
    Listing.section,
    Listing.row,
    Listing.split_rule,
).where(Listing.event_id == bindparam("event_id"), Listing.status == ListingStatus.ACTIVE)

_ON_SALE = _OF_EVENT.where(has(TicketStatus.AVAILABLE)).limit(bindparam("limit"))

# Each with a limit of its own: as one list they would have to be sorted, all that the event has.
_TAKEN = [
    _OF_EVENT.add_columns(literal(rank).label("rank"))
    .where(~has(TicketStatus.AVAILABLE), *which)
    .order_by(Listing.price_cents, Listing.id)
    .limit(bindparam("limit"))
    for rank, which in enumerate(
        (
            [has(TicketStatus.HELD)],
            [~has(TicketStatus.HELD), has(TicketStatus.SOLD)],
        )
    )
]

_TICKETS = select(Ticket.listing_id, Ticket.seat, Ticket.status, Ticket.held_until).where(
    Ticket.listing_id.in_(bindparam("listing_ids", expanding=True)),
    Ticket.status != TicketStatus.VOID,
)

# Sums of ids tell one set of tickets from another of the same size.
_FINGERPRINT = (
    select(
        func.count(Ticket.id),
        func.sum(Listing.version * Listing.id),
        func.sum(case((Ticket.status == TicketStatus.AVAILABLE, Ticket.id), else_=0)),
        func.sum(case((Ticket.status == TicketStatus.HELD, Ticket.id), else_=0)),
        func.sum(case((Ticket.held_until <= bindparam("now"), Ticket.id), else_=0)),
        func.max(Ticket.held_until),
    )
    .join(Listing, Ticket.listing_id == Listing.id)
    .where(Listing.event_id == bindparam("event_id"), Listing.status == ListingStatus.ACTIVE)
)


def _wanted(
    quantity: int | None, section: str | None, most_cents: int | None
) -> list[ColumnElement[bool]]:
    conditions = []
    if quantity is not None:
        conditions.append(sells(quantity))
    if section:
        conditions.append(Listing.section == section)
    if most_cents is not None:
        # A bound on the plain price, because that is what stands in the index.
        conditions.append(Listing.price_cents <= dearest_within(most_cents))
    return conditions


def _sorted(statement: Columns, sort: str, after: str | None, is_narrow: bool) -> Columns:
    """In order, from behind the cursor. Newest is by id, which grows with time.

    What is narrow is sorted; walking along the newest would pass by most of what it meets.
    """
    behind = _CURSOR.fullmatch(after or "")
    price_cents, listing_id = (int(part) for part in behind.groups()) if behind else (None, None)
    if sort == NEWEST:
        number = without_index(Listing.id) if is_narrow else Listing.id
        statement = statement.order_by(number.desc())
        return statement.where(Listing.id < listing_id) if behind else statement
    statement = statement.order_by(Listing.price_cents, Listing.id)
    if not behind:
        return statement
    return statement.where(
        tuple_(Listing.price_cents, Listing.id) > tuple_(price_cents, listing_id)
    )


def _taken(wanted: list[ColumnElement[bool]], event_id: int) -> list[Row[Any]]:
    """Some that are gone, first those that may come back."""
    parts = (select(statement.where(*wanted).subquery()) for statement in _TAKEN)
    taken = _rows(union_all(*parts), event_id, MOST_TAKEN_SHOWN)
    return sorted(taken, key=lambda row: (row.rank, row.price_cents, row.id))[:MOST_TAKEN_SHOWN]


def _rows(
    statement: Columns | CompoundSelect[*tuple[Any, ...]], event_id: int, limit: int
) -> Sequence[Row[Any]]:
    return db.session.execute(statement, {"event_id": event_id, "limit": limit}).all()


def _tickets_of(listing_ids: Iterable[int]) -> dict[int, list[Any]]:
    tickets: dict[int, list[Any]] = defaultdict(list)
    for ticket in db.session.execute(_TICKETS, {"listing_ids": list(listing_ids)}):
        tickets[ticket.listing_id].append(ticket)
    return tickets


def _offer(row: Row[Any], tickets: list[Any]) -> Offer:
    by_status: dict[str, list[Any]] = defaultdict(list)
    for ticket in tickets:
        by_status[ticket.status].append(ticket)
    available, held = by_status[TicketStatus.AVAILABLE], by_status[TicketStatus.HELD]
    state = next(
        status
        for status in (TicketStatus.AVAILABLE, TicketStatus.HELD, TicketStatus.SOLD)
        if by_status[status] or status == TicketStatus.SOLD
    )
    return Offer(
        listing_id=row.id,
        price_cents=all_in(row.price_cents),
        face_value_cents=row.face_value_cents,
        section=row.section,
        row=row.row,
        seats=[ticket.seat for ticket in by_status[state] if ticket.seat],
        state=state,
        split_rule=row.split_rule,
        available=len(available),
        held=len(held),
        held_until=min((ticket.held_until for ticket in held), default=None),
        quantities=allowed_quantities(row.split_rule, len(available)),
    )
