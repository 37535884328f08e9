"""Which events search engines shall know, in lists of a bounded length.

A list covers a range of ids, the first 1 to 5,000: where one begins is known without reading those
before it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from app import clock
from app.catalog.models import Event
from app.db import db

IDS_A_LIST = 5_000  # some 3 MB; no list may have more than 50,000 addresses and 50 MB


def numbers() -> Sequence[int]:
    """Which lists have events ahead in them. An index answers it."""
    number = ((Event.id - 1) // IDS_A_LIST + 1).label("number")
    return db.session.scalars(
        select(number).where(Event.starts_at > clock.now()).distinct().order_by(number)
    ).all()


def events_of(number: int) -> Sequence[Row[str, datetime]]:
    """The slugs of a list's events ahead, cancelled ones too, and when each was last changed."""
    last: Any = number * IDS_A_LIST
    return db.session.execute(
        select(Event.slug, func.coalesce(Event.changed_at, Event.created_at).label("changed_at"))
        .where(Event.id > last - IDS_A_LIST, Event.id <= last, Event.starts_at > clock.now())
        .order_by(Event.id)
    ).all()
