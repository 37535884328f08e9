"""Finding listings, for programs: one by its id, what is on sale anywhere, a seller's own."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, contains_eager

from app.accounts.models import SellerStatement, User
from app.api.lists import cursor_of, moment_of, number_of, position_of
from app.catalog.models import Event, EventStatus, Venue
from app.catalog.planning import without_index
from app.catalog.search import EventQuery, ids_if_few, is_ahead
from app.config import settings
from app.db import db
from app.listings.browsing import CHEAPEST, NEWEST
from app.listings.inventory import allowed_quantities
from app.listings.models import Listing, ListingStatus, Ticket, TicketStatus
from app.listings.pricing import dearest_within
from app.listings.stock import has, sells
from app.money import fee_cents

Columns: TypeAlias = Row[*tuple[Any, ...]]
Statement: TypeAlias = Select[*tuple[Any, ...]]

# So many of all listings one call looks at. Where hardly any is wanted a page ends before it is
# full, rather than read through them all.
LOOKED_AT = 1000
FEW = 200  # events that can be looked into one by one


@dataclass(frozen=True, kw_only=True)
class ListingQuery:
    """What somebody wants to buy. Whatever is left empty does not restrict.

    Prices are what a buyer pays for one ticket, all fees in. `quantity` is how many somebody
    wants to take, which the split rule must allow. `q` is as in EventQuery.
    """

    event_id: int | None = None
    q: str = ""
    min_price_cents: int | None = None
    max_price_cents: int | None = None
    quantity: int | None = None
    section: str | None = None
    sort: str = CHEAPEST


@dataclass(frozen=True, slots=True)
class Found:
    """A listing as everybody may see it: `facts` are its columns, its Event and its seller's."""

    facts: Columns
    tickets: Sequence[Columns]  # all that are not void

    @property
    def quantity(self) -> int:
        return len(self.tickets)

    @property
    def seats(self) -> list[str]:
        """Those that can be bought now."""
        return [ticket.seat for ticket in self._on_sale if ticket.seat]

    @property
    def available(self) -> int:
        """How many can be bought now."""
        return len(self._on_sale)

    @property
    def quantities(self) -> list[int]:
        """How many of them one buyer may take."""
        return allowed_quantities(self.facts.split_rule, self.available)

    @property
    def fee_cents(self) -> int:
        """For one ticket."""
        return fee_cents(self.facts.price_cents, settings().buyer_fee_bps)

    @property
    def _on_sale(self) -> list[Columns]:
        event: Event = self.facts.Event
        if self.facts.status != ListingStatus.ACTIVE or event.is_cancelled or event.has_begun():
            return []
        return [ticket for ticket in self.tickets if ticket.status == TicketStatus.AVAILABLE]


@dataclass(frozen=True)
class Page:
    items: list[Found]
    next_cursor: str | None


def one(listing_id: int) -> Found | None:
    """The listing as it is now, in whatever state. None if there is none."""
    found = _with_tickets(db.session.execute(_LISTING.where(Listing.id == listing_id)).all())
    return found[0] if found else None


def on_sale(query: ListingQuery, cursor: str | None = None, limit: int = 20) -> Page:
    """A page of the listings with tickets to be had, for events ahead that are not cancelled.

    It may have fewer than `limit`, even none, and yet be followed by others. NotAsDescribed if
    the cursor is none of this order.
    """
    order = _order_of(query)
    start = _behind(order.start(cursor), order, query)
    wanted = _wanted(query)
    words, event_ids = EventQuery(q=query.q), None
    if query.event_id is not None:
        wanted.append(Listing.event_id == query.event_id)
    elif query.q.strip() and (event_ids := ids_if_few(words, FEW)) is not None:
        order = replace(order, is_sorted_anew=True)
        wanted.append(Listing.event_id.in_(event_ids))
    is_everywhere = query.event_id is None and event_ids is None
    end = _end(order, start, wanted) if is_everywhere else None
    found = order.of(_LISTING, start, end).where(
        *wanted,
        *_narrowed(query),
        has(TicketStatus.AVAILABLE),
        Event.status != EventStatus.CANCELLED,
        is_ahead(),
    )
    if query.q.strip() and event_ids is None:
        found = found.where(words.match.condition)
    return _page(found, order, limit, end)


def of_seller(seller_id: int, cursor: str | None = None, limit: int = 20) -> Page:
    """A page of all that somebody ever put on sale, the latest first, in whatever state."""
    theirs = _OWN.of(_LISTING, _OWN.start(cursor)).where(Listing.seller_id == seller_id)
    return _page(theirs, _OWN, limit)


_Place = tuple[Any, ...]


@dataclass(frozen=True)
class _Order:
    """A list's order: by some columns, of which the last is the id.

    What is narrow is sorted anew: walking along an index would pass by most of what it meets.
    """

    name: str
    columns: tuple[InstrumentedAttribute[Any], ...]
    is_ascending: bool = False
    is_sorted_anew: bool = False

    def start(self, cursor: str | None) -> _Place | None:
        """Where the page begins: behind the cursor."""
        if cursor is None:
            return None
        numbers = position_of(cursor, self.name, len(self.columns))
        is_time = self.columns[0] is Listing.created_at
        return (moment_of(numbers[0]), *numbers[1:]) if is_time else numbers

    def of(
        self, statement: Statement, start: _Place | None, end: _Place | None = None
    ) -> Statement:
        """The statement in this order, from behind `start` up to `end`."""
        columns = [
            # No index has this, on either database.
            func.coalesce(column, column) if self.is_sorted_anew else column.expression
            for column in self.columns
        ]
        place = tuple_(*columns)
        if start:
            behind = tuple_(*start)
            statement = statement.where(place > behind if self.is_ascending else place < behind)
        if end:
            last = tuple_(*end)
            statement = statement.where(place <= last if self.is_ascending else place >= last)
        return statement.order_by(
            *(columns if self.is_ascending else (column.desc() for column in columns))
        )

    def place_of(self, facts: Columns) -> _Place:
        return tuple(getattr(facts, column.key) for column in self.columns)

    def cursor(self, place: _Place) -> str:
        return cursor_of(
            self.name,
            *(number_of(each) if isinstance(each, datetime) else each for each in place),
        )


_CHEAPEST = _Order(CHEAPEST, (Listing.price_cents, Listing.id), is_ascending=True)
_NEWEST = _Order(NEWEST, (Listing.created_at, Listing.id))
_NEWEST_OF_EVENT = _Order("newest-of-event", (Listing.id,))  # which grows with time
_OWN = _Order("own", (Listing.created_at, Listing.id))

_SELLS_AS = (
    select(SellerStatement.kind)
    .where(SellerStatement.user_id == Listing.seller_id)
    .order_by(SellerStatement.id.desc())
    .limit(1)
    .correlate(Listing)
    .scalar_subquery()
)

_LISTING = (
    select(
        Listing.id,
        Listing.section,
        Listing.row,
        Listing.price_cents,
        Listing.face_value_cents,
        Listing.currency,
        Listing.split_rule,
        Listing.notes,
        Listing.handover_method,
        Listing.handover_notes,
        Listing.version,
        Listing.status,
        Listing.created_at,
        User.display_name.label("seller"),
        _SELLS_AS.label("sells_as"),
        Event,
    )
    .join(Event, Listing.event_id == Event.id)
    .join(Venue, Event.venue_id == Venue.id)
    .join(User, Listing.seller_id == User.id)
    .options(contains_eager(Event.venue))
)

_TICKETS = (
    select(Ticket.listing_id, Ticket.seat, Ticket.status)
    .where(
        Ticket.listing_id.in_(bindparam("listing_ids", expanding=True)),
        Ticket.status != TicketStatus.VOID,
    )
    .order_by(Ticket.id)
)


def _order_of(query: ListingQuery) -> _Order:
    if query.sort == CHEAPEST:
        return _CHEAPEST
    if query.event_id is None:
        return _NEWEST
    return replace(_NEWEST_OF_EVENT, is_sorted_anew=query.section is not None)


def _behind(start: _Place | None, order: _Order, query: ListingQuery) -> _Place | None:
    """Where the page begins; by price, no sooner than the least one that is wanted.

    Of two lower bounds a database may take the wrong one, and read all pages before.
    """
    if order is not _CHEAPEST or query.min_price_cents is None:
        return start
    least = (dearest_within(query.min_price_cents - 1) + 1, 0)
    return max(start or least, least)


def _wanted(query: ListingQuery) -> list[ColumnElement[bool]]:
    """What an index answers on the way."""
    wanted = [Listing.status == ListingStatus.ACTIVE]
    if query.max_price_cents is not None and query.sort == CHEAPEST:
        wanted.append(Listing.price_cents <= dearest_within(query.max_price_cents))
    return wanted


def _narrowed(query: ListingQuery) -> Iterator[ColumnElement[bool]]:
    """What has to be looked at in each listing."""
    if query.section:
        yield Listing.section == query.section
    if query.quantity is not None:
        yield sells(query.quantity)
    price_cents = without_index(Listing.price_cents)
    if query.sort != CHEAPEST and query.min_price_cents is not None:
        yield price_cents > dearest_within(query.min_price_cents - 1)
    if query.sort != CHEAPEST and query.max_price_cents is not None:
        yield price_cents <= dearest_within(query.max_price_cents)


def _end(
    order: _Order, start: _Place | None, wanted: Sequence[ColumnElement[bool]]
) -> _Place | None:
    """How far this page looks. None if that is to the end of the list."""
    walked = order.of(select(*order.columns).where(*wanted), start)
    last = db.session.execute(walked.offset(LOOKED_AT - 1).limit(1)).one_or_none()
    return tuple(last) if last else None


def _page(statement: Statement, order: _Order, limit: int, end: _Place | None = None) -> Page:
    rows = db.session.execute(statement.limit(limit + 1)).all()
    shown = rows[:limit]
    following = order.place_of(shown[-1]) if len(rows) > limit else end
    return Page(_with_tickets(shown), order.cursor(following) if following else None)


def _with_tickets(rows: Sequence[Columns]) -> list[Found]:
    if not rows:
        return []
    tickets: dict[int, list[Columns]] = defaultdict(list)
    for ticket in db.session.execute(_TICKETS, {"listing_ids": [row.id for row in rows]}):
        tickets[ticket.listing_id].append(ticket)
    return [Found(row, tickets[row.id]) for row in rows]
