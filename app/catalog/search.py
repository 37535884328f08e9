"""Finding events: by words, city, category and date, page after page."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, contains_eager

from app import clock
from app.catalog.local_days import LocalDays, local_days
from app.catalog.matching import Match, having
from app.catalog.models import Category, Event, EventStatus
from app.catalog.paging import Position, cursor, position
from app.catalog.planning import without_index
from app.catalog.words import key, words
from app.db import db
from app.errors import Invalid

PAGE = 20
SHORT = timedelta(days=8)  # what starts within a week, wherever, is quickly sorted another way
EVER = datetime(9999, 1, 1, tzinfo=UTC)

# What each order compares, and whether the smallest comes first.
SORTS: dict[str, tuple[InstrumentedAttribute[datetime], bool]] = {
    "soonest": (Event.starts_at, True),
    "latest": (Event.starts_at, False),
    "newest": (Event.created_at, False),
}


@dataclass(frozen=True)
class EventQuery:
    """What a visitor looks for. Whatever is left empty does not restrict.

    Every word of `q` must begin a word of the title, the venue or the city, in any
    order. A `q` of signs alone finds nothing. `city` is the whole name in any
    spelling. The dates are days on the clock of each event's venue, both included.

    What it asks the database itself is asked once, for the events and for their number.
    """

    q: str = ""
    city: str = ""
    category: str = ""
    date_from: date | None = None
    date_to: date | None = None
    sort: str = "soonest"

    @cached_property
    def time(self) -> "_Time":
        return _time_of(self)

    @cached_property
    def match(self) -> Match:
        wanted = words(self.q)
        return having(wanted) if wanted else Match(false(), True)


@dataclass(frozen=True)
class Page:
    items: list[Event]
    next_cursor: str | None  # what `after` takes; None on the last page


def find_events(query: EventQuery, after: str | None = None, limit: int = PAGE) -> Page:
    """A page of the events ahead, with their venues; cancelled ones are left out.

    `after` is the `next_cursor` of the page before. Invalid if it is not one.
    """
    if query.sort not in SORTS:
        raise Invalid(_("Events cannot be sorted by “%(sort)s”.", sort=query.sort), "sort")
    sorted_by, ascending = SORTS[query.sort]
    start = position(after, query.sort) if after else None
    statement = _narrowed(select(Event).options(contains_eager(Event.venue)), query, start)
    place = _place(query.sort, query.time)
    statement = statement.order_by(*(place if ascending else (each.desc() for each in place)))
    # The one too many says whether there is a next page.
    found = list(db.session.scalars(statement.limit(limit + 1)))
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], cursor(query.sort, Position(getattr(last, sorted_by.key), last.id)))


def count_up_to(query: EventQuery, most: int = 100) -> int:
    """How many there are, counting no further than one more than `most`."""
    some = _narrowed(select(Event.id), query).limit(most + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def ids_if_few(query: EventQuery, most: int) -> list[int] | None:
    """The ids of all that the query wants, in no order. None if there are more than `most`."""
    found = db.session.scalars(_narrowed(select(Event.id), query).limit(most + 1)).all()
    return None if len(found) > most else list(found)


def is_ahead() -> ColumnElement[bool]:
    """As Event.has_begun(), except for the hour by which a day with a change of clocks differs."""
    now = clock.now()
    return or_(
        Event.starts_at > now,
        and_(Event.time_announced.is_(False), Event.starts_at > now - timedelta(days=1)),
    )


@dataclass(frozen=True)
class _Time:
    """When what is looked for begins: on one of the days, if any are named, and in this time."""

    days: list[LocalDays] | None
    begins: datetime
    ends: datetime

    @property
    def is_short(self) -> bool:
        return self.ends - self.begins <= SHORT


def _time_of(query: EventQuery) -> _Time:
    # What is on today without a time began at midnight.
    earliest = clock.now() - timedelta(days=1)
    if not (query.date_from or query.date_to):
        return _Time(None, earliest, EVER)
    days = local_days(query.date_from, query.date_to)
    begins = min((day.begins for day in days), default=earliest)
    return _Time(days, max(earliest, begins), max((day.ends for day in days), default=EVER))


def _narrowed(
    statement: Select[Any], query: EventQuery, start: Position | None = None
) -> Select[Any]:
    """Those events of the statement that the query wants, from `start` on in its order."""
    time = query.time
    statement = statement.join(Event.venue).where(
        Event.status != EventStatus.CANCELLED, is_ahead(), *_range(query.sort, time, start)
    )
    if time.days is not None:
        statement = statement.where(or_(false(), *(day.condition for day in time.days)))
    # Rare words rule out more than a city does, and a city more than one of seven categories.
    has_narrower = False
    if query.q.strip():
        statement = statement.where(query.match.condition)
        has_narrower = query.match.is_rare
    if query.city.strip():
        city_key = without_index(Event.city_key) if has_narrower else Event.city_key
        statement = statement.where(city_key == key(query.city).replace("\0", ""))
        has_narrower = True
    if query.category:
        known = query.category in set(Category)
        category = without_index(Event.category) if has_narrower else Event.category
        statement = statement.where(category == query.category if known else false())
    return statement


def _range(sort: str, time: _Time, start: Position | None) -> list[ColumnElement[bool]]:
    """What starts in this time and stands behind `start`, with one bound for each end of the index.

    Of two lower bounds a database may take the wrong one, and read all pages before.
    """
    sorted_by, ascending = SORTS[sort]
    place = tuple_(*_place(sort, time))
    if ascending:
        start = max(start or Position(time.begins, 0), Position(time.begins, 0))
        return [place > tuple_(*start), Event.starts_at < time.ends]
    if sorted_by is Event.starts_at:
        start = min(start or Position(time.ends, 0), Position(time.ends, 0))
        return [place < tuple_(*start), Event.starts_at >= time.begins]
    starts_at = Event.starts_at.expression if time.is_short else without_index(Event.starts_at)
    return [
        place < tuple_(*(start or Position(EVER, 0))),
        starts_at >= time.begins,
        starts_at < time.ends,
    ]


def _place(sort: str, time: _Time) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """What an event is sorted by.

    Walking along the newest finds a page sooner than sorting all that begins in a long time.
    In a short time hardly any of the newest begin, and it is the other way round.
    """
    sorted_by, _ = SORTS[sort]
    is_sorted_anew = sorted_by is not Event.starts_at and time.is_short
    return without_index(sorted_by) if is_sorted_anew else sorted_by.expression, Event.id.expression
