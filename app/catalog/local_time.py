"""Between the clock on a venue's wall and UTC, and which zone a country has."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import gettext as _

from app import clock
from app.errors import Invalid
from app.web.filters import clock_time, day

# How far ahead, and how often, the clocks of a country's zones are compared.
COMPARED_DAYS, COMPARED_EVERY = 3 * 365, 10


def to_utc(local: datetime, timezone: str) -> datetime:
    """The moment at which the clock in that zone shows this time, given without a zone.

    When clocks are put back, an hour comes twice: the first one is meant.
    Invalid if clocks are put forward over that time, so that it never comes.
    """
    zone = zone_named(timezone)
    try:
        moment = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
        comes = moment.astimezone(zone).replace(tzinfo=None) == local.replace(fold=0)
    except OverflowError:
        raise Invalid(_("That date is out of range."), "starts_at") from None
    if not comes:
        raise Invalid(
            _(
                "On %(day)s the clocks go forward, and %(time)s does not exist. "
                "Choose another time.",
                day=day(local),
                time=clock_time(local),
            ),
            "starts_at",
        )
    return moment


def start_of_day(day: date, timezone: str) -> datetime:
    """When that day begins in the zone, also where clocks go forward at midnight."""
    return datetime.combine(day, time.min, zone_named(timezone)).astimezone(UTC)


def zone_named(timezone: str) -> ZoneInfo:
    """The zone, such as Europe/Berlin. Invalid if there is none of that name."""
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            _("“%(zone)s” is not a time zone. Write it like Europe/Berlin.", zone=timezone),
            "timezone",
        ) from None


def zone_of_country(country: str) -> str | None:
    """The country's zone, if all its clocks show the same: `DE` gives Europe/Berlin.

    None for countries such as the US, where the venue has to say.
    """
    zones = _zones_of(country)
    return zones[0] if zones and all(same_clock(zone, zones[0]) for zone in zones) else None


def is_zone_of(timezone: str, country: str) -> bool:
    """Whether some clock in that country shows that zone's time. True where none is known."""
    zones = _zones_of(country)
    return not zones or any(same_clock(timezone, zone) for zone in zones)


def same_clock(one: str, other: str) -> bool:
    """Whether clocks in both zones show the same from now on. Invalid if one does not exist."""
    today = clock.now().date()
    return _clock(zone_named(one), today) == _clock(zone_named(other), today)


def country_of_zone(timezone: str) -> str | None:
    """The country a zone is named for: Europe/Berlin gives `DE`, UTC none."""
    return next((code for code, zone in _zones() if zone == timezone), None)


def is_country(code: str) -> bool:
    """Whether it is an ISO 3166-1 alpha-2 code."""
    return code in _countries()


@cache
def _clock(zone: ZoneInfo, today: date) -> tuple[timedelta | None, ...]:
    """What distinguishes one zone's clocks from another's from now on."""
    noon = datetime.combine(today, time(12), UTC)
    return tuple(
        (noon + timedelta(days=days)).astimezone(zone).utcoffset()
        for days in range(0, COMPARED_DAYS, COMPARED_EVERY)
    )


def _zones_of(country: str) -> list[str]:
    return [zone for code, zone in _zones() if code == country]


@cache
def _zones() -> tuple[tuple[str, str], ...]:
    """Country and zone, a country's most important zone first."""
    return tuple((row[0], row[2]) for row in _table("zone.tab"))


@cache
def _countries() -> frozenset[str]:
    return frozenset(row[0] for row in _table("iso3166.tab"))


def _table(name: str) -> list[list[str]]:
    text = (files("tzdata") / "zoneinfo" / name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
