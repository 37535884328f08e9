"""A marketplace of any size, the same on both databases: each row follows from its number.

What is compared is alike at every size: an event with thousands of offers, one that is
sold out, a seller and a buyer with many, a rare word, a small city. The rest grows.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import Connection, TextClause, bindparam, insert, text

from app import clock
from app.accounts.models import User
from app.catalog.models import Event, EventStatus, Venue
from app.catalog.words import key, search_words
from app.db import UTCDateTime, db

CROWDED, SOLD_OUT = 1, 2  # events
BUSY_SELLER, BUSY_BUYER = 1, 2
CROWD, GONE = 2000, 500  # offers of the two events
LEAST_LISTINGS = 10_000
RARE_WORD, RARE_EVENTS = "Zanzibar", 30
SMALL_CITY, SMALL_CITY_EVENTS = "Husum", 60
BIG_CITY, FREQUENT_WORD, OTHER_FREQUENT_WORD = "Berlin", "live", "festival"
RARE_CATEGORY = "festival"
DAYS_PAST, DAYS_AHEAD = 60, 730
MOMENTS = 5000  # so many different times at which listings were published
LATELY = 350  # of them, the last ones: about as many as a price history shows

# The first ones get most.
CITIES = [
    ("Berlin", "DE", "Europe/Berlin"), ("London", "GB", "Europe/London"),
    ("München", "DE", "Europe/Berlin"), ("New York", "US", "America/New_York"),
    ("Köln", "DE", "Europe/Berlin"), ("Paris", "FR", "Europe/Paris"),
    ("Hamburg", "DE", "Europe/Berlin"), ("Wien", "AT", "Europe/Vienna"),
    ("Zürich", "CH", "Europe/Zurich"), ("Leipzig", "DE", "Europe/Berlin"),
    ("Los Angeles", "US", "America/Los_Angeles"), ("Tokyo", "JP", "Asia/Tokyo"),
    ("Madrid", "ES", "Europe/Madrid"), ("Dublin", "IE", "Europe/Dublin"),
    ("Bonn", "DE", "Europe/Berlin"), ("Sydney", "AU", "Australia/Sydney"),
]  # fmt: skip
VENUES_A_CITY = 8
VENUES = ["Arena", "Zenith", "Lichthof", "Stadion", "Theater", "Garden", "Palladium", "Halle"]
CATEGORIES = [
    *["concert"] * 40, *["sport"] * 25, *["theatre"] * 12, *["comedy"] * 8,
    *["other"] * 7, *["family"] * 5, *[RARE_CATEGORY] * 3,
]  # fmt: skip
EXTRAS = [*["Live"] * 7, *["on Tour"] * 4, *["Festival"] * 3, *["& Friends"] * 2, "Gala", "2027"]
ARTISTS = 3000


def fill(listings: int) -> None:
    """Put so many listings into the empty, migrated database, and all that belongs to them."""
    users, events = listings // 20, (listings - CROWD - GONE) * 3 // 20
    sizes = {"n": listings, "users": users, "events": events}
    with db.engine.connect().execution_options(writes=True) as connection:
        _hurry(connection)
        for model, rows in (User, _users(users)), (Venue, _venues()), (Event, _events(events)):
            while some := list(islice(rows, 20_000)):
                connection.execute(insert(model), some)
        connection.execute(text(_MOMENTS))
        connection.execute(_with_times("INSERT INTO moments VALUES (:i, :at)"), _moments())
        connection.execute(text(_LOTS), sizes)
        connection.execute(text(_LISTINGS))
        soon = {"deadline": clock.now() + timedelta(minutes=10)}
        connection.execute(_with_times(_ORDERS), soon)
        connection.execute(_with_times(_TICKETS), soon)
        connection.execute(text(_ORDER_TICKETS))
        connection.execute(text(_PAST_SALES))
        connection.commit()
        _settle(connection)
        connection.invalidate()  # the next one is set as the app wants it


def _hurry(connection: Connection) -> None:
    """What we make fits together, and is thrown away if anything fails."""
    if connection.dialect.name == "postgresql":
        for setting in ("session_replication_role = replica", "statement_timeout = 0"):
            connection.execute(text(f"SET {setting}"))
        connection.connection.driver_connection.patience_seconds = None  # type: ignore[union-attr]
    else:
        # Past SQLAlchemy, which would open a transaction, where these do nothing.
        for pragma in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -500000"):
            connection.connection.cursor().execute(f"PRAGMA {pragma}")


def _settle(connection: Connection) -> None:
    """What PostgreSQL's autovacuum does soon after so many rows; SQLite has nothing of the kind."""
    if connection.dialect.name == "postgresql":
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))


def _users(count: int) -> Iterator[dict[str, Any]]:
    for number in range(1, count + 1):
        yield {
            "id": number,
            "email": f"user{number}@example.org",
            "password_hash": "no password fits",
            "display_name": f"User {number}",
            "created_at": clock.now(),
        }


def _venues() -> Iterator[dict[str, Any]]:
    for number, (city, country, timezone) in enumerate(
        [*CITIES, (SMALL_CITY, "DE", "Europe/Berlin")]
    ):
        for place, name in enumerate(VENUES):
            yield {
                "id": 1 + number * VENUES_A_CITY + place,
                "name": name,
                "name_key": key(name),
                "city": city,
                "city_key": key(city),
                "country": country,
                "timezone": timezone,
            }


def _events(count: int) -> Iterator[dict[str, Any]]:
    dice = Random("ticketbay bench")
    artists = _artists(dice)
    for number in range(1, count + 1):
        # Squares and cubes of chance: few are met often, many hardly ever.
        city = int(len(CITIES) * dice.random() ** 2)
        title = f"{artists[int(ARTISTS * dice.random() ** 3)]} {dice.choice(EXTRAS)}"
        if number % (count // SMALL_CITY_EVENTS) == 7:
            city = len(CITIES)
        if number % (count // RARE_EVENTS) == 3:
            title = f"{RARE_WORD} {title}"
        venue = dice.randrange(VENUES_A_CITY)
        name = [*CITIES, (SMALL_CITY,)][city][0]
        starts_at = clock.now() + timedelta(
            minutes=15 * dice.randrange(-DAYS_PAST * 96, DAYS_AHEAD * 96)
        )
        is_special = number in (CROWDED, SOLD_OUT)
        yield {
            "id": number,
            "slug": f"event-{number}",
            "title": title,
            "category": dice.choice(CATEGORIES),
            "venue_id": 1 + city * VENUES_A_CITY + venue,
            "city_key": key(name),
            "starts_at": clock.now() + timedelta(days=90) if is_special else starts_at,
            "time_announced": dice.random() < 0.95,
            "status": EventStatus.CANCELLED
            if dice.random() < 0.02 and not is_special
            else EventStatus.SCHEDULED,
            "search_words": search_words([title, VENUES[venue], name]),
            "created_at": clock.now() - timedelta(minutes=dice.randrange(1, 400 * 24 * 60)),
        }


def _artists(dice: Random) -> list[str]:
    def word() -> str:
        syllables = (dice.choice("bdfgklmnprstvw") + dice.choice("aeiou") for _ in range(3))
        return "".join(syllables).capitalize()

    return [f"{word()} {word()}" for _ in range(ARTISTS)]


def _moments() -> list[dict[str, Any]]:
    """When listings were published: over more than a year, until a minute ago."""
    last = clock.now() - timedelta(minutes=1)
    return [{"i": i, "at": last - timedelta(hours=2 * (MOMENTS - i))} for i in range(MOMENTS)]


def _with_times(statement: str) -> TextClause:
    """With whatever time stands in it as a parameter."""
    names = [name for name in ("at", "deadline") if f":{name}" in statement]
    return text(statement).bindparams(*(bindparam(name, type_=UTCDateTime()) for name in names))


_MOMENTS = "CREATE TEMPORARY TABLE moments (i BIGINT PRIMARY KEY, at TIMESTAMP WITH TIME ZONE)"

# One row for each listing, with all that is decided about it. `place` shuffles the numbers, so
# that what belongs together does not lie together.
_LOTS = f"""
CREATE TEMPORARY TABLE lots AS
WITH RECURSIVE numbers(i) AS (
    SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM numbers WHERE i < :n
), diced AS (
    SELECT i, i * 7919 % :n AS place, i * 2654435761 % 4294967296 / 64 AS dice,
           i * 1000003 % 2147483647 AS other
    FROM numbers
), placed AS (
    SELECT i, dice, other,
        CASE WHEN place < {CROWD} THEN {CROWDED}
             WHEN place < {CROWD + GONE} THEN {SOLD_OUT}
             -- Every tenth event has half of all offers.
             WHEN dice % 2 = 0 THEN 1 + 10 * (other % (:events / 10))
             ELSE 1 + other % :events END AS event_id,
        CASE WHEN dice / 7 % :n < 1000 THEN {BUSY_SELLER}
             ELSE 3 + dice / 7 % (:users - 2) END AS seller_id,
        CASE WHEN place BETWEEN 6000 AND 6599 THEN {BUSY_BUYER}
             ELSE 3 + other / 7 % (:users - 2) END AS buyer_id
    FROM diced
)
SELECT placed.*, 1 + (dice / 11 % 4 + 1) / 2 AS tickets,
    CASE WHEN event_id = {SOLD_OUT} OR i > :n - 300 THEN 'sold'
         WHEN buyer_id = {BUSY_BUYER} THEN CASE
             WHEN dice / 13 % 100 < 60 THEN 'sold' WHEN dice / 13 % 100 < 97 THEN 'given back'
             ELSE 'held' END
         WHEN dice / 13 % 20 < 13 THEN 'free'
         WHEN dice / 13 % 20 < 15 THEN 'sold'
         WHEN dice / 13 % 20 < 17 THEN 'partly sold'
         WHEN dice / 13 % 20 < 18 THEN 'held'
         WHEN dice / 13 % 20 < 19 THEN 'given back'
         ELSE 'withdrawn' END AS state,
    (SELECT at FROM moments WHERE moments.i = (placed.i - 1) * {MOMENTS} / :n) AS at
FROM placed
"""

_LISTINGS = """
INSERT INTO listings (id, event_id, seller_id, price_cents, currency, section, row,
                      handover_method, split_rule, version, status, created_at)
SELECT i, event_id, seller_id, 2000 + dice % 9000, 'EUR',
    CASE WHEN dice / 17 % 100 = 0 THEN 'Box' WHEN dice / 17 % 5 = 0 THEN 'Standing'
         ELSE 'Block ' || (dice / 17 % 20) END,
    CAST(dice / 19 % 30 AS TEXT), 'transfer',
    CASE WHEN dice / 23 % 10 < 6 THEN 'any' WHEN dice / 23 % 10 < 8 THEN 'together'
         WHEN dice / 23 % 10 < 9 THEN 'pairs' ELSE 'no_single_left' END,
    1, CASE WHEN state = 'withdrawn' THEN 'withdrawn' ELSE 'active' END, at
FROM lots ORDER BY i
"""

# The order has its listing's number.
_ORDERS = """
INSERT INTO orders (id, public_id, buyer_id, listing_id, listing_version, quantity,
    unit_price_cents, fee_cents, total_cents, currency, status, created_at, expires_at,
    cancel_reason, tries, next_try_at)
SELECT i, 'order' || i, buyer_id, i, 1, quantity, price, 0, quantity * price, 'EUR',
    CASE state WHEN 'held' THEN 'awaiting_payment' WHEN 'given back' THEN 'cancelled'
               ELSE 'completed' END,
    at, CASE WHEN state = 'held' THEN :deadline ELSE at END,
    CASE WHEN state = 'given back' THEN 'buyer' END, 0, at
FROM (SELECT lots.*, CASE WHEN state = 'partly sold' THEN 1 ELSE tickets END AS quantity,
             2000 + dice % 9000 AS price
      FROM lots WHERE state NOT IN ('free', 'withdrawn')) AS ordered
ORDER BY i
"""

_TICKETS = """
INSERT INTO tickets (id, listing_id, seat, status, order_id, held_until)
SELECT i * 4 + seat, i, CASE WHEN dice / 17 % 5 > 0 THEN CAST(seat AS TEXT) END,
    CASE WHEN state = 'sold' OR (state = 'partly sold' AND seat = 1) THEN 'sold'
         WHEN state = 'held' THEN 'held' ELSE 'available' END,
    CASE WHEN state IN ('sold', 'held') OR (state = 'partly sold' AND seat = 1) THEN i END,
    CASE WHEN state = 'held' THEN :deadline END
FROM lots JOIN (SELECT 1 AS seat UNION ALL SELECT 2 UNION ALL SELECT 3) AS seats
    ON seat <= tickets
ORDER BY i, seat
"""

_ORDER_TICKETS = """
INSERT INTO order_tickets (order_id, ticket_id)
SELECT orders.id, tickets.id FROM orders JOIN tickets ON tickets.listing_id = orders.listing_id
WHERE orders.status = 'cancelled' OR tickets.order_id = orders.id
"""

# Half of them in the last days, whenever their tickets were put on sale.
_PAST_SALES = f"""
INSERT INTO past_sales (order_id, event_id, seller_id, sold_on, price_cents, quantity)
SELECT orders.id, event_id, seller_id,
    (SELECT DATE(at) FROM moments
     WHERE moments.i = CASE WHEN dice % 2 = 0 THEN {MOMENTS - 1} - dice / 29 % {LATELY}
                       ELSE dice / 29 % {MOMENTS} END),
    unit_price_cents, quantity
FROM orders JOIN lots ON lots.i = orders.listing_id
WHERE orders.status = 'completed'
"""
