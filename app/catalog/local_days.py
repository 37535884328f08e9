"""Days as the venues' clocks have them, as conditions that a database can check."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select

from app.catalog.local_time import start_of_day
from app.catalog.models import Event, Venue
from app.catalog.planning import without_index
from app.db import db

# Further dates mean no limit; the very first and last do not exist in UTC for every zone.
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(9000, 1, 1)


@dataclass(frozen=True)
class LocalDays:
    """The same days in zones where they begin and end at the same moment."""

    begins: datetime
    ends: datetime
    timezones: list[str]

    @property
    def condition(self) -> ColumnElement[bool]:
        return and_(
            without_index(Venue.timezone).in_(self.timezones),
            Event.starts_at >= self.begins,
            Event.starts_at < self.ends,
        )


def local_days(first: date | None, last: date | None) -> list[LocalDays]:
    """From the first to the last day, both included, for every zone that has a venue."""
    first = min(max(first or FIRST_DAY, FIRST_DAY), LAST_DAY)
    last = min(max(last or LAST_DAY, FIRST_DAY), LAST_DAY)
    zones = defaultdict(list)
    for zone in _zones_with_venues():
        moments = start_of_day(first, zone), start_of_day(last + timedelta(days=1), zone)
        zones[moments].append(zone)
    return [LocalDays(begins, ends, names) for (begins, ends), names in zones.items()]


def _zones_with_venues() -> list[str]:
    # From one zone to the next through the index: DISTINCT would read every venue.
    zone = select(func.min(Venue.timezone).label("name")).cte("zone", recursive=True)
    following = select(func.min(Venue.timezone)).where(Venue.timezone > zone.c.name)
    zone = zone.union_all(select(following.scalar_subquery()).where(zone.c.name.is_not(None)))
    return list(db.session.scalars(select(zone.c.name).where(zone.c.name.is_not(None))))
