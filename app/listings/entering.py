"""An event that a seller enters on the way, because nobody has yet."""

from datetime import datetime, time

from app.catalog import scheduling
from app.catalog.models import Event


def enter(
    *,
    title: str,
    category: str,
    starts_at: datetime,
    time_announced: bool,
    venue: str,
    city: str,
    country: str,
    timezone: str | None,
    is_another: bool,
) -> Event:
    """The new event; `starts_at` is what the clock at the venue shows, without a zone.

    While the time is not announced only its day counts, whatever the clock does on it.
    Invalid, naming the field, or LikelyDuplicates unless the seller says it is another one.
    """
    place = scheduling.find_or_add_venue(venue, city, country, timezone)
    return scheduling.schedule_if_new(
        title=title,
        category=category,
        venue=place,
        starts_at=_moment(starts_at, time_announced, place.timezone),
        time_announced=time_announced,
        is_another=is_another,
    )


def check_start(
    *, starts_at: datetime, time_announced: bool, country: str, timezone: str | None
) -> None:
    """Invalid if an event cannot begin then, as far as it is known which clock shows that time."""
    zone = timezone or scheduling.zone_of_country(country)
    if zone:
        moment = _moment(starts_at, time_announced, zone)
        scheduling.check_start(moment, time_announced, zone)


def _moment(starts_at: datetime, time_announced: bool, timezone: str) -> datetime:
    if not time_announced:
        starts_at = datetime.combine(starts_at, time(12))  # an hour that each day has, and once
    return scheduling.to_utc(starts_at, timezone)
