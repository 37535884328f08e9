"""How Jinja shows money and times to people, in their language."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, format_timedelta, get_timezone_location
from flask import Flask
from flask_babel import gettext as _

from app import clock
from app.config import settings
from app.money import format_cents, format_whole
from app.web.languages import language

LONG_DATES = {"en": "EEEE, d MMMM yyyy", "de": "EEEE, d. MMMM yyyy"}
SHORT_DATES = {"en": "EEE d MMM yyyy", "de": "EEE d. MMM yyyy"}
DAYS = {"en": "d MMM yyyy", "de": "d. MMM yyyy"}


def init_app(app: Flask) -> None:
    app.add_template_filter(money)
    app.add_template_filter(whole_money)
    app.add_template_filter(long_date)
    app.add_template_filter(short_date)
    app.add_template_filter(day)
    app.add_template_filter(clock_time)
    app.add_template_filter(roughly_ago)
    app.add_template_filter(deadline)
    app.add_template_filter(iso)
    app.add_template_filter(date_part)


def money(cents: int, currency: str | None = None) -> str:
    """`5800` as `€58.00` or `58,00 €`. Without a currency, the installation's."""
    return format_cents(cents, currency or settings().currency, language())


def whole_money(cents: int, currency: str | None = None) -> str:
    """`5800` as `€58` or `58 €`, for round amounts."""
    return format_whole(cents, currency or settings().currency, language())


def long_date(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """`Sunday, 14 March 2027`, `Sonntag, 14. März 2027` in the given zone."""
    return _formatted(_in(moment, zone), LONG_DATES)


def short_date(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """`Sun 14 Mar 2027`, `So 14. März 2027` in the given zone."""
    return _formatted(_in(moment, zone), SHORT_DATES)


def day(day: date) -> str:
    """`14 Mar 2027`, `14. März 2027`."""
    return _formatted(day, DAYS)


def date_part(moment: datetime, letters: str, zone: ZoneInfo | None = None) -> str:
    """One part of a date, by Babel's letters: `d` for `14`, `LLL` for `Mar` or `Mär`."""
    return format_date(_in(moment, zone), letters, locale=language())


def clock_time(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """`20:00` in the given zone."""
    return format_time(_in(moment, zone), "HH:mm", locale=language())


def roughly_ago(moment: datetime) -> str:
    """`3 hours ago`, `vor 2 Tagen`; within an hour it is not said more exactly."""
    ago = clock.now() - moment
    if ago < timedelta(hours=1):
        return _("within the hour")
    return format_timedelta(-ago, granularity="hour", add_direction=True, locale=language())


def deadline(moment: datetime, zone: ZoneInfo) -> str:
    """`20:00 (New York time)`: whose clock it is, for those who wait somewhere else."""
    # Of a city that it does not know Babel gives the name of the zone: "Argentina/Buenos Aires".
    place = get_timezone_location(zone, language(), return_city=True).rpartition("/")[2]
    return _("%(time)s (%(place)s time)", time=clock_time(moment, zone), place=place)


def iso(moment: datetime) -> str:
    """For `<time datetime>` and scripts."""
    return moment.isoformat(timespec="seconds")


def _formatted(day: date, patterns: dict[str, str]) -> str:
    return format_date(day, patterns[language()], locale=language())


def _in(moment: datetime, zone: ZoneInfo | None) -> datetime:
    return moment.astimezone(zone) if zone else moment
