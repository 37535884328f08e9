"""Venues and events to search in."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app import clock
from app.catalog import scheduling
from app.catalog.models import Event
from app.db import db as _db
from app.db import transaction
from app.outbox.models import Message


@pytest.fixture
def plan(db) -> Callable[..., Event]:
    """Schedules an event: `plan("Blur", days=3, city="München")`."""

    def schedule(
        title: str = "Blur",
        *,
        days: float = 30,
        venue: str = "Lichthof",
        city: str = "Leipzig",
        country: str = "DE",
        timezone: str | None = None,
        **facts,
    ) -> Event:
        with transaction():
            event = scheduling.schedule(
                title=title,
                venue=scheduling.find_or_add_venue(venue, city, country, timezone),
                **{
                    "category": "concert",
                    "starts_at": clock.now() + timedelta(days=days),
                }
                | facts,
            )
        return event

    return schedule


@pytest.fixture
def recorded(db) -> Callable[[], list[tuple[str, dict]]]:
    """What the outbox holds: type and data of each message, in order."""
    return lambda: [
        (message.type, message.data)
        for message in _db.session.scalars(_db.select(Message).order_by(Message.position))
    ]
