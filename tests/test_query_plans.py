"""However large the tables, a page reads through none of them and sorts none as a whole.

It asks what `bench/search` measures, and looks at how the database goes about it.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice

import pytest
from sqlalchemy import text
from sqlalchemy.event import listen, remove

from bench import marketplace
from bench.questions import Question, combinations, lists

pytestmark = pytest.mark.thorough

LISTINGS = 60_000  # enough for PostgreSQL to prefer an index wherever there is one
EVERY_SO_MANYTH = 7  # of all combinations of filters
# What one statement may read of a table, which is a fraction of it. An event with thousands of
# offers has thousands of tickets.
MOST_ROWS = {
    "events": 2500,
    "listings": 2500,
    "tickets": 5000,
    "orders": 1000,
    "past_sales": 1000,
}
# What they leave over is little, or one person's or one event's, and may be sorted.
NARROW = re.compile(
    "rare word|two words|two frequent words|no hit|never meet|one day|one week|small city"
    "|rare section, newest|a price limit|listing$|my orders|popular cities"
    "|price line"
)
OF_TWENTY = re.compile(r"(tickets|orders)\.listing_id IN")  # listings, of which each has few

# Without the index, the question must be complained about.
MISSED = {
    "ix_events_soonest": "search: all, soonest",
    "ix_events_newest": "search: all, newest",
    "ix_listings_seller": "my listings",
    "ix_orders_buyer": "my orders: ended",
    "ix_past_sales_event": "event: price line",
    "ix_past_sales_seller": "my listings: sold by day",
    "ix_listings_price": "programs: all, cheapest",
}


@pytest.fixture
def crowded(db) -> None:
    marketplace.fill(LISTINGS)


@pytest.fixture
def statements(db) -> Iterator[list]:
    """The statements that were sent, with their values."""
    sent: list = []

    def keep(_connection, _cursor, statement, values, *_):
        if statement.startswith(("SELECT", "WITH")):
            sent.append((statement, values))

    listen(db.engine, "before_cursor_execute", keep)
    yield sent
    remove(db.engine, "before_cursor_execute", keep)


def test_every_filter_and_sort_is_answered_through_an_index(db, crowded, statements):
    asked = [*lists(), *islice(combinations(), 0, None, EVERY_SO_MANYTH)]
    assert complaints(db, statements, asked) == []
    if db.engine.dialect.name == "sqlite":
        # Nobody has to run it there, but it must do no harm.
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        assert complaints(db, statements, lists()) == []
    for index, noticed in MISSED.items():
        db.session.remove()
        db.engine.dispose()  # a connection of SQLite would explain from memory
        db.session.execute(text(f"DROP INDEX {index}"))
        assert complaints(db, statements, (each for each in lists() if each.name == noticed))
        db.session.rollback()


def complaints(db, statements: list, asked: Iterable[Question]) -> list[str]:
    """What is wrong with the ways in which the database answers."""
    on_sqlite = db.engine.dialect.name == "sqlite"
    found = []
    for question in asked:
        statements.clear()
        question.ask(0)
        for statement, values in list(statements):
            plan = explained(db, statement, values)
            may_sort = bool(NARROW.search(question.name) or OF_TWENTY.search(statement))
            wrong = sqlite_wrong(plan, may_sort) if on_sqlite else postgresql_wrong(plan)
            found += [f"{question.name}: {why}\n{statement}" for why in wrong]
    return found


def explained(db, statement: str, values) -> list:
    on_sqlite = db.engine.dialect.name == "sqlite"
    how = "EXPLAIN QUERY PLAN" if on_sqlite else "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)"
    connection = db.session.connection()
    if not on_sqlite:
        # As in tables too large to be read from end to end for the sake of a thousand rows.
        connection.exec_driver_sql("SET LOCAL random_page_cost = 0.5")
    rows = connection.exec_driver_sql(f"{how} {statement}", values)
    return [row[-1] for row in rows]


def sqlite_wrong(plan: list[str], may_sort: bool) -> Iterator[str]:
    for line in plan:
        if re.match(rf"SCAN ({'|'.join(MOST_ROWS)})\b", line):
            yield line
        if "TEMP B-TREE FOR ORDER BY" in line and not may_sort:
            yield line


def postgresql_wrong(plan: list) -> Iterator[str]:
    """PostgreSQL says how many rows it has read; then a sort cannot have had more."""
    [whole] = json.loads(plan[0]) if isinstance(plan[0], str) else plan[0]
    for node in nodes(whole["Plan"]):
        if table := node.get("Relation Name"):
            each = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            read = each * node["Actual Loops"]
            if read > MOST_ROWS.get(table, 1000):
                yield f"{node['Node Type']} reads {read:.0f} rows of {table}"


def nodes(plan: dict) -> Iterator[dict]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)
