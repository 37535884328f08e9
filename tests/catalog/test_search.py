"""Both databases find the same: what Python finds by looking at each event."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.catalog import matching, scheduling
from app.catalog.models import Category, Event
from app.catalog.search import EventQuery, count_up_to, find_events
from app.catalog.venues import popular_cities
from app.catalog.words import key, words
from app.db import transaction
from app.errors import Invalid

pytestmark = pytest.mark.thorough

ARTISTS = [
    "Blur",
    "Björk",
    "Beyoncé",
    "FC Bayern",
    "Bayer 04",
    "Die Ärzte",
    "AC/DC",
    "Ólafur",
    "!!!",
]
EXTRAS = ["Live", "on tour", "& Freunde", "- Straße", "2027", "東京", "NEAR", "OR", "x*"]
PLACES = [
    ("Zenith", "München", "DE", None),
    ("Olympiahalle", "München", "DE", None),
    ("Lichthof", "Leipzig", "DE", None),
    ("O2", "London", "GB", None),
    ("Budokan", "Tokyo", "JP", None),
    ("The Garden", "New York", "US", "America/New_York"),
]
TODAY = clock.now().date()
QUERIES = [
    EventQuery(),
    *(
        EventQuery(q=q)
        for q in (
            "munchen", "MÜNCHEN", "muenchen", "bay", "bay mun", "mun bay", "b", "blur live", "bj",
            "strasse", "東", "near", "or", "ac dc", "ac/dc", "olafur", "ärzte die", "2027 zen",
            "freunde york new", "nothing", "x",
        )
    ),
    *(EventQuery(city=city) for city in ("münchen", " MUNCHEN ", "new york", "York", "nowhere")),
    *(EventQuery(category=category) for category in (*Category, "opera")),
    *(
        EventQuery(date_from=first, date_to=last)
        for first, last in (
            (TODAY, TODAY),
            (TODAY + timedelta(days=3), None),
            (None, TODAY + timedelta(days=9)),
            (TODAY + timedelta(days=4), TODAY + timedelta(days=4)),
            (TODAY + timedelta(days=5), TODAY + timedelta(days=4)),
            (date.min, date.max),
            (date.max, date.min),
        )
    ),
    EventQuery(q="b", city="munchen", category="concert", date_from=TODAY),
    EventQuery(q="live", date_from=TODAY + timedelta(days=2), date_to=TODAY + timedelta(days=12)),
]  # fmt: skip
HOSTILE = [
    '"',
    "'",
    "*",
    ":",
    "\\",
    "%",
    "_",
    "''",
    '"*',
    "a'b",
    'a"b',
    "a*",
    "NEAR(",
    "NEAR",
    "NOT",
    "AND",
    "(",
    "-a",
    "search_words:blur",
    "^blur",
    "blur & !",
    "a | b",
    "<->",
    "\0",
    "a\0b",
    "🎸",
    "\ud7ff",
    "\x1b[0m",
    "   ",
    "b " * 500,
    "x" * 100_000,
    "ä" * 5000,
    "\u0301",
    "{",
    "%(words)s",
    ":words",
    "?",
    "$1",
    "--",
    ";",
]


@pytest.fixture
def corpus(db) -> list[Event]:
    """Two hundred events: past and ahead, cancelled, with and without a time, in four zones."""
    dice = random.Random(3)
    events = []
    with transaction():
        for number in range(200):
            venue, city, country, timezone = dice.choice(PLACES)
            event = scheduling.schedule(
                title=f"{dice.choice(ARTISTS)} {dice.choice(EXTRAS)}",
                category=dice.choice(list(Category)),
                venue=scheduling.find_or_add_venue(venue, city, country, timezone),
                # Some begin at the same moment.
                starts_at=clock.now() + timedelta(hours=dice.randrange(1, 20 * 24, 7)),
                time_announced=dice.random() < 0.9,
            )
            event.created_at = clock.now() - timedelta(hours=number // 3)
            if dice.random() < 0.2:
                event.starts_at -= timedelta(days=20)
            if dice.random() < 0.1:
                scheduling.cancel(event)
            events.append(event)
    return events


def expected(events: list[Event], query: EventQuery) -> list[Event]:
    """The same by looking at each."""

    def fits(event: Event) -> bool:
        day = event.starts_at_local.date()
        return (
            not event.is_cancelled
            and not event.has_begun()
            and all(
                any(word.startswith(wanted) for word in event.search_words.split())
                for wanted in words(query.q)
            )
            and (not query.city or key(query.city) == event.city_key)
            and (not query.category or query.category == event.category)
            and (not query.date_from or query.date_from <= day)
            and (not query.date_to or day <= query.date_to)
        )

    column = "created_at" if query.sort == "newest" else "starts_at"
    return sorted(
        filter(fits, events),
        key=lambda event: (getattr(event, column), event.id),
        reverse=query.sort != "soonest",
    )


def all_pages(query: EventQuery, limit: int = 7) -> list[Event]:
    found, cursor = [], None
    while True:
        page = find_events(query, after=cursor, limit=limit)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found
        assert len(page.items) == limit


@pytest.mark.parametrize(
    ("few", "looked_at"), [(matching.FEW, 10**6), (3, 0)], ids=["by words", "by date"]
)
def test_every_query_finds_what_it_should_in_its_order(corpus, monkeypatch, few, looked_at):
    monkeypatch.setattr(matching, "FEW", few)
    monkeypatch.setattr(matching, "LOOKED_AT", looked_at)
    for asked in QUERIES:
        for sort in ("soonest", "latest", "newest"):
            query = EventQuery(**vars(asked) | {"sort": sort})
            wanted = expected(corpus, query)
            assert [e.id for e in all_pages(query)] == [e.id for e in wanted], query
            assert count_up_to(query) == min(len(wanted), 101)
    assert len(expected(corpus, EventQuery())) > 100  # the corpus is worth searching
    assert count_up_to(EventQuery(), most=10) == 11


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_breaks_the_search(app, event, typed):
    for query in (EventQuery(q=typed), EventQuery(city=typed), EventQuery(category=typed)):
        find_events(query)
        count_up_to(query)
    assert find_events(EventQuery(q=f"Blur {typed}")).items in ([event], [])


def test_signs_alone_find_nothing_and_nothing_restricts_nothing(app, event):
    assert find_events(EventQuery(q='"*%')).items == []
    assert find_events(EventQuery(q="  ", city=" ")).items == [event]


@pytest.mark.parametrize(
    "cursor",
    ["x", "====", "ä", "\0", "c29vbmVzdCAx", "c29vbmVzdCAxIC0x", "bmV3ZXN0IDEgMQ", "A" * 10_000,
     "c29vbmVzdCAxIDk5OTk5OTk5OTk5OTk5OTk5OTk5", "c29vbmVzdCA5OTk5OTk5OTk5OTk5OTk5OTkgMQ"],
)  # fmt: skip
def test_a_cursor_that_is_none_is_refused(app, event, cursor):
    with pytest.raises(Invalid):
        find_events(EventQuery(), after=cursor)


def test_an_order_that_does_not_exist_is_refused(app, event):
    with pytest.raises(Invalid):
        find_events(EventQuery(sort="price"))


def test_what_comes_in_while_paging_neither_doubles_nor_hides(plan):
    seen = [plan(days=day) for day in (2, 4, 6, 8)]
    page = find_events(EventQuery(), limit=2)
    plan(days=1)
    assert page.items + find_events(EventQuery(), after=page.next_cursor).items == seen


def test_a_day_is_the_venues_day(plan):
    # 23:30 in New York is the next day in Berlin and in UTC.
    day = TODAY + timedelta(days=30)
    late = f"{day} 23:30"
    start = scheduling.to_utc(clock.datetime.fromisoformat(late), "America/New_York")
    event = plan(city="New York", country="US", timezone="America/New_York", starts_at=start)
    plan(days=60)
    assert find_events(EventQuery(date_from=day, date_to=day)).items == [event]
    tomorrow = day + timedelta(days=1)
    assert find_events(EventQuery(date_from=tomorrow, date_to=tomorrow)).items == []


def test_the_cities_with_most_on_soon_come_first(plan):
    for city, country in (("Bonn", "DE"), ("Ulm", "DE"), ("Ulm", "DE")):
        plan(city=city, country=country)
    plan(city="Köln", days=0.5)
    assert popular_cities() == ["Ulm", "Bonn", "Köln"]
    assert popular_cities(limit=1) == ["Ulm"]


def test_a_deleted_event_leaves_the_index(plan, db):
    event = plan("Blur")
    with transaction():
        db.session.delete(event)
    assert find_events(EventQuery(q="blur")).items == []
    assert db.session.scalar(select(Event.id)) is None
