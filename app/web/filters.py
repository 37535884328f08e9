"""How Jinja shows money and times to people."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask import Flask

from app.config import settings
from app.money import format_cents

LOCALE = "en"


def init_app(app: Flask) -> None:
    app.add_template_filter(money)
    app.add_template_filter(long_date)
    app.add_template_filter(short_date)
    app.add_template_filter(clock_time)
    app.add_template_filter(deadline)
    app.add_template_filter(iso)


def money(cents: int, currency: str | None = None) -> str:
    """`5800` as `€58.00`. Without a currency, the installation's."""
    return format_cents(cents, currency or settings().currency, LOCALE)


def long_date(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """`Sunday, 14 March 2027` in the given zone."""
    return format_date(_in(moment, zone), "EEEE, d MMMM yyyy", locale=LOCALE)


def short_date(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """`Sun 14 Mar 2027` in the given zone."""
    return format_date(_in(moment, zone), "EEE d MMM yyyy", locale=LOCALE)


def clock_time(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """`20:00` in the given zone."""
    return format_time(_in(moment, zone), "HH:mm", locale=LOCALE)


def deadline(moment: datetime, zone: ZoneInfo) -> str:
    """`20:00 (New York time)`: whose clock it is, for those who wait somewhere else."""
    place = zone.key.rpartition("/")[2].replace("_", " ")
    return f"{clock_time(moment, zone)} ({place} time)"


def iso(moment: datetime) -> str:
    """For `<time datetime>` and scripts."""
    return moment.isoformat(timespec="seconds")


def _in(moment: datetime, zone: Any) -> datetime:
    return moment.astimezone(zone) if zone else moment
