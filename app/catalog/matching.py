"""Which events have the words, by the full-text search that each database has.

The words come folded and cut from `words.py`, so neither database parses text: both
indexes hold exactly the words of `events.search_words`. Migration 0002 makes them.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    String,
    and_,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from app import clock
from app.catalog.models import Event
from app.db import db

MOST_WORDS = 12  # more than a title has; it bounds the work that one request can ask for
FEW = 1000  # so many can be sorted in no time
LOOKED_AT = 500  # events that tell how often several words stand together

events_search = table("events_search", column("rowid"))
# The expression of the index, letter by letter.
LEXEMES: ColumnElement[str] = literal_column(
    "array_to_tsvector(array_remove(string_to_array(events.search_words, ' '), ''))", TSVECTOR
)


class Match(NamedTuple):
    """Whether an event has the words, and whether few do: then nothing else rules out more."""

    condition: ColumnElement[bool]
    is_rare: bool


def having(wanted: Sequence[str]) -> Match:
    """Events of which each of these words begins a word."""
    wanted = wanted[:MOST_WORDS]
    if db.engine.dialect.name == "sqlite":
        return _on_sqlite(wanted)
    return _on_postgresql(wanted)


def _on_postgresql(wanted: Sequence[str]) -> Match:
    # Part of the statement rather than a parameter: for a rare word the planner starts with
    # the words, for a frequent one with the dates, and it must see which it is.
    query = " & ".join(f"'{word}':*" for word in wanted)
    literally = bindparam(None, query, String, literal_execute=True)
    match = LEXEMES.bool_op("@@")(cast(literally, TSQUERY))
    if len(wanted) == 1 or _often_meet(match):
        return Match(match, False)
    matching = select(Event.id).where(match).correlate(None).scalar_subquery()
    return Match(Event.id == any_(func.array(matching, type_=ARRAY(BigInteger))), True)


def _often_meet(match: ColumnElement[bool]) -> bool:
    """Whether the next events show that several words stand together.

    The planner takes them for independent of each other. Two frequent words that never
    meet would have it look at every event for a page that does not fill.
    """
    soon = (
        select(Event.search_words)
        .where(Event.starts_at > clock.now())
        .order_by(Event.starts_at, Event.id)
        .limit(LOOKED_AT)
        .subquery(Event.__tablename__)  # the name that LEXEMES knows
    )
    found = db.session.scalar(select(func.count()).select_from(soon).where(match)) or 0
    return found * 100 >= LOOKED_AT


def _on_sqlite(wanted: Sequence[str]) -> Match:
    """Through the words if few events have them, else along the dates looking into each row."""
    match = text("events_search MATCH :words").bindparams(
        words=" AND ".join(f'"{word}"*' for word in wanted)
    )
    matching = select(events_search.c.rowid).where(match)
    some = matching.limit(FEW + 1).subquery()
    if (db.session.scalar(select(func.count()).select_from(some)) or 0) <= FEW:
        return Match(Event.id.in_(matching), True)
    begun = literal(" ") + Event.search_words
    return Match(and_(*(func.instr(begun, f" {word}") > 0 for word in wanted)), False)
