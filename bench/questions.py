"""What the pages ask of the database: each filter, each order, and what they can be combined to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import Any

from sqlalchemy import func, select

from app import clock
from app.catalog.models import Event
from app.catalog.paging import Position, cursor
from app.catalog.search import SORTS, EventQuery, Page, count_up_to, find_events
from app.catalog.venues import list_venues, popular_cities
from app.db import db
from app.listings import browsing, finding, showcase
from app.listings.asking_prices import AskingPrices, asking_prices
from app.listings.browsing import Offers
from app.listings.filters import EVENT_SORTS
from app.listings.finding import ListingQuery
from app.listings.models import Listing
from app.listings.past_sales import price_lines, sold_by
from app.orders import history, offers, sales
from bench import marketplace as market

Answer = Any
TODAY = clock.now().date()
QUARTER_AGO = TODAY - timedelta(days=84)


@dataclass(frozen=True)
class Question:
    """Something that a page asks. `ask` takes the number of the repetition, to vary what it can."""

    name: str
    ask: Callable[[int], Answer]


def size_of(answer: Answer) -> int:
    """How many things the answer holds, or the number that it is."""
    if isinstance(answer, Page | Offers | finding.Page):
        return len(answer.items)
    if isinstance(answer, AskingPrices):
        return sum(answer.tickets_at.values())
    if isinstance(answer, history.Page):
        return len(answer.orders)
    if isinstance(answer, sales.Page):
        return len(answer.listings)
    if isinstance(answer, int):
        return answer
    return len(answer) if hasattr(answer, "__len__") else 1


def gist_of(answer: Answer) -> str:
    """What must be the same on both databases. A fingerprint is each one's own."""
    if isinstance(answer, Page):
        return repr(([event.id for event in answer.items], answer.next_cursor))
    if isinstance(answer, finding.Page):
        return repr(([found.facts.id for found in answer.items], answer.next_cursor))
    return "" if isinstance(answer, str) else repr(answer)


def lists() -> Iterator[Question]:
    """The pages one by one."""
    yield from _searches()
    yield from _events()
    yield from _home()
    yield from _people()
    yield from _programs()


def combinations() -> Iterator[Question]:
    """Filters with each other, in each order that the pages offer, first page and deep down."""
    for narrowed in product(*COMBINED, EVENT_SORTS):
        q, city, category, dates, sort = narrowed
        query = EventQuery(
            q=WORDS.get(q, ""),
            city=CITIES.get(city, ""),
            category=CATEGORIES.get(category, ""),
            sort=sort,
            **DATES.get(dates, {}),
        )
        name = ", ".join(filter(None, narrowed))
        yield Question(name, _finding(query))
        yield Question(f"{name}, deep down", _finding(query, deep=True))
        if sort == "soonest":
            yield Question(f"{name}, counted", _counting(query))


WORDS = {
    "rare word": market.RARE_WORD,
    "frequent word": market.FREQUENT_WORD,
    "one letter": "b",
    "beginning": "fest",
    "two words": f"{market.RARE_WORD} {market.FREQUENT_WORD}",
    "two frequent words": f"{market.FREQUENT_WORD} {market.BIG_CITY}",
    "words that never meet": f"{market.FREQUENT_WORD} {market.OTHER_FREQUENT_WORD}",
    "no hit": "xylophone",
}
CITIES = {"big city": market.BIG_CITY, "small city": market.SMALL_CITY}
CATEGORIES = {"frequent category": "concert", "rare category": market.RARE_CATEGORY}
DATES: dict[str, dict[str, Any]] = {
    "one day": {
        "date_from": TODAY + timedelta(days=90),
        "date_to": TODAY + timedelta(days=90),
    },
    "one week": {
        "date_from": TODAY + timedelta(days=100),
        "date_to": TODAY + timedelta(days=106),
    },
    "two months": {
        "date_from": TODAY + timedelta(days=100),
        "date_to": TODAY + timedelta(days=161),
    },
    "from a day on": {"date_from": TODAY + timedelta(days=200)},
    "until a day": {"date_to": TODAY + timedelta(days=300)},
}


COMBINED = (
    ["rare word", "frequent word", "one letter", "two frequent words", "words that never meet", ""],
    [*CITIES, ""],
    [*CATEGORIES, ""],
    ["one day", "two months", "from a day on", ""],
)


def _searches() -> Iterator[Question]:
    narrowed: dict[str, dict[str, Any]] = {
        "all": {},
        **{name: {"q": q} for name, q in WORDS.items()},
        **{name: {"city": city} for name, city in CITIES.items()},
        **{name: {"category": category} for name, category in CATEGORIES.items()},
        **DATES,
    }
    for name, fields in narrowed.items():
        for sort in SORTS:
            query = EventQuery(**fields, sort=sort)
            yield Question(f"search: {name}, {sort}", _finding(query))
            if name in ("all", "frequent word", *CITIES, *CATEGORIES, *DATES):
                yield Question(f"search: {name}, {sort}, deep down", _finding(query, deep=True))
        yield Question(f"search: {name}, counted", _counting(EventQuery(**fields)))


# A query remembers what it has asked, so each time it is a new one.
def _finding(query: EventQuery, deep: bool = False) -> Callable[[int], Page]:
    middle = {
        "soonest": clock.now() + timedelta(days=150),
        "latest": clock.now() + timedelta(days=150),
        "newest": clock.now() - timedelta(days=200),
    }
    after = cursor(query.sort, Position(middle[query.sort], 1)) if deep else None
    return lambda _: find_events(replace(query), after)


def _counting(query: EventQuery) -> Callable[[int], int]:
    return lambda _: count_up_to(replace(query))


def _events() -> Iterator[Question]:
    # Every tenth event is popular, with some forty offers.
    popular = [1 + 10 * number for number in range(1, 50)]

    def each(ask: Callable[..., Answer], **how: Any) -> Callable[[int], Answer]:
        return lambda number: ask(popular[number % len(popular)], **how)

    yield Question("event: offers", each(browsing.offers_of))
    yield Question("event: offers, newest", each(browsing.offers_of, sort="newest"))
    yield Question("event: offers, two tickets", each(browsing.offers_of, quantity=2))
    yield Question("event: asking prices", each(asking_prices))
    yield Question("event: price line", lambda n: price_lines([20 + n]))
    yield Question("event: fingerprint", each(browsing.fingerprint))
    narrowed: dict[str, dict[str, Any]] = {
        "cheapest": {},
        "newest": {"sort": "newest"},
        "deep down": {"after": "9000-1"},
        "newest, deep down": {"sort": "newest", "after": f"1-{_last_listing() // 2}"},
        "last page": {"after": "10950-1"},
        "two tickets": {"quantity": 2},
        "seven tickets (none)": {"quantity": 7},
        "rare section": {"section": "Box"},
        "rare section, newest": {"section": "Box", "sort": "newest"},
        "frequent section": {"section": "Standing"},
        "a price limit": {"most_cents": 2200},
        "a price limit, newest": {"most_cents": 2200, "sort": "newest"},
        "a price below all": {"most_cents": 1500},
        "section, price and two tickets": {"section": "Box", "most_cents": 4000, "quantity": 2},
    }
    for name, how in narrowed.items():
        yield Question(f"crowded event: {name}", _offers(market.CROWDED, how))
    yield Question("crowded event: asking prices", lambda _: asking_prices(market.CROWDED))
    yield Question("crowded event: price line", lambda _: price_lines([market.CROWDED]))
    yield Question("crowded event: fingerprint", lambda _: browsing.fingerprint(market.CROWDED))
    yield Question("sold-out event: offers", _offers(market.SOLD_OUT, {}))
    yield Question("sold-out event: price line", lambda _: price_lines([market.SOLD_OUT]))
    yield Question("listing", lambda number: offers.look_at(5000 + number))


def _offers(event_id: int, how: dict[str, Any]) -> Callable[[int], Offers]:
    return lambda _: browsing.offers_of(event_id, **how)


def _home() -> Iterator[Question]:
    ids = list(db.session.scalars(select(Event.id).order_by(Event.id).limit(60)))
    yield Question("home: cheapest of twenty", lambda n: showcase.cheapest_for(ids[n : n + 20]))
    yield Question("home: price lines of twenty", lambda n: price_lines(ids[n : n + 20]))
    yield Question("home: fresh offers", lambda _: showcase.fresh_offers(4))
    yield Question("search form: popular cities", lambda _: popular_cities())


def _people() -> Iterator[Question]:
    for section in history.Section:
        first = history.page_of(market.BUSY_BUYER, section)
        yield Question(f"my orders: {section}", _orders(section, None))
        if section != history.Section.UNPAID:  # as few as may be reserved at a time
            yield Question(f"my orders: {section}, next page", _orders(section, first.next_after))
    yield Question("my orders of few", lambda n: history.page_of(10 + n, history.Section.UPCOMING))
    after = sales.page_of(market.BUSY_SELLER).next_after
    yield Question("my listings", lambda _: sales.page_of(market.BUSY_SELLER))
    yield Question("my listings, next page", lambda _: sales.page_of(market.BUSY_SELLER, after))
    yield Question("my listings: sold by day", lambda _: sold_by(market.BUSY_SELLER, QUARTER_AGO))
    yield Question("my listings: owed", lambda _: sales.owed_cents(market.BUSY_SELLER))
    yield Question("my listings of few: owed", lambda n: sales.owed_cents(10 + n))


def _orders(section: history.Section, after: str | None) -> Callable[[int], history.Page]:
    return lambda _: history.page_of(market.BUSY_BUYER, section, after)


def _programs() -> Iterator[Question]:
    narrowed: dict[str, dict[str, Any]] = {
        "all": {},
        **{name: {"q": q} for name, q in WORDS.items()},
        "a price limit": {"max_price_cents": 2200},
        "a price range": {"min_price_cents": 9000, "max_price_cents": 9500},
        "a price below all": {"max_price_cents": 1500},
        "two tickets": {"quantity": 2},
        "seven tickets (none)": {"quantity": 7},
        "rare section": {"section": "Box"},
        "crowded event": {"event_id": market.CROWDED},
        "crowded event, rare section": {"event_id": market.CROWDED, "section": "Box"},
        "crowded event, a price limit": {
            "event_id": market.CROWDED,
            "min_price_cents": 4000,
            "max_price_cents": 5000,
        },
    }
    for name, how in narrowed.items():
        for sort in (browsing.CHEAPEST, browsing.NEWEST):
            query = ListingQuery(**how, sort=sort)
            yield Question(f"programs: {name}, {sort}", _on_sale(query, None))
            if after := finding.on_sale(query).next_cursor:
                yield Question(f"programs: {name}, {sort}, next page", _on_sale(query, after))
    mine = finding.of_seller(market.BUSY_SELLER).next_cursor
    yield Question("programs: a listing", lambda number: finding.one(5000 + number))
    yield Question("programs: own", lambda _: finding.of_seller(market.BUSY_SELLER))
    yield Question(
        "programs: own, next page", lambda _: finding.of_seller(market.BUSY_SELLER, mine)
    )
    yield Question("programs: venues", lambda _: list_venues("are", "", 0, 20))
    yield Question(
        "programs: venues in a city", lambda _: list_venues("", market.SMALL_CITY, 0, 20)
    )


def _on_sale(query: ListingQuery, after: str | None) -> Callable[[int], finding.Page]:
    return lambda _: finding.on_sale(query, after)


def _last_listing() -> int:
    return db.session.scalars(select(func.max(Listing.id))).one()
