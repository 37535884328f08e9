"""Events from iCalendar (RFC 5545), entry by entry, so that a broken one spoils no other."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Component, Timezone, vBroken, vCategory
from icalendar import Event as CalendarEvent

from app.catalog.entries import BadEntry, Entry
from app.catalog.locations import located
from app.catalog.models import Category

# What other programs call our categories.
CATEGORIES = {category.value: category for category in Category} | {
    "concerts": Category.CONCERT,
    "music": Category.CONCERT,
    "sports": Category.SPORT,
    "football": Category.SPORT,
    "theater": Category.THEATRE,
}
REPEATS = ("RRULE", "RDATE", "RECURRENCE-ID")
TIMEZONE_OF_ALL = re.compile(r"^X-WR-TIMEZONE(?:;[^:]*)?:(\S+)", re.MULTILINE | re.IGNORECASE)
TIMEZONE_OF_ONE = re.compile(
    r"^DTSTART;(?:[^:\r\n]*;)?TZID=\"?([^;:\"\r\n]+)", re.MULTILINE | re.IGNORECASE
)
TIMEZONES = re.compile(
    r"^BEGIN:VTIMEZONE\s.*?^END:VTIMEZONE\s*?$", re.MULTILINE | re.DOTALL | re.IGNORECASE
)


def is_icalendar(text: str) -> bool:
    return text.lstrip().upper().startswith("BEGIN:VCALENDAR")


def read_icalendar(text: str) -> Iterator[Entry | BadEntry]:
    """Each VEVENT as an entry, with the line on which it begins."""
    _learn_timezones(text)
    timezone = _timezone_of_all(text)
    for line, block, is_whole in _blocks(text):
        if not is_whole:
            yield BadEntry(line, _name(block), "the file ends, or the next entry begins, within it")
            continue
        try:
            event = CalendarEvent.from_ical(block)
        except (ValueError, KeyError, IndexError) as error:
            yield BadEntry(line, _name(block), f"not valid iCalendar: {error}")
            continue
        yield _entry(line, event, timezone)


def _blocks(text: str) -> Iterator[tuple[int, str, bool]]:
    """The first line, the text and the completeness of each VEVENT."""
    block: list[str] = []
    first = 0
    for number, line in enumerate(text.splitlines(), 1):
        tag = line.strip().upper()
        if tag == "BEGIN:VEVENT":
            if block:
                yield first, "\r\n".join(block), False
            block, first = [line], number
        elif block:
            block.append(line)
            if tag == "END:VEVENT":
                yield first, "\r\n".join(block), True
                block = []
    if block:
        yield first, "\r\n".join(block), False


def _learn_timezones(text: str) -> None:
    """Makes the zones that the file defines itself known to the library."""
    for definition in TIMEZONES.findall(text):
        try:
            Timezone.from_ical(definition.strip())
        except (ValueError, KeyError, IndexError):
            continue  # its entries are refused for a zone that nobody knows


def _timezone_of_all(text: str) -> str | None:
    """The zone that the calendar names for itself, else the only one its entries name."""
    named = TIMEZONE_OF_ALL.findall(text) or list(set(TIMEZONE_OF_ONE.findall(text)))
    return named[0] if len(named) == 1 and named[0] in available_timezones() else None


def _entry(line: int, event: Component, timezone: str | None) -> Entry | BadEntry:
    title, uid = _text(event, "SUMMARY"), _text(event, "UID")
    name = title or uid
    if any(property in event for property in REPEATS):
        return BadEntry(line, name, "repeating entries are not supported; export single dates")
    if not title:
        return BadEntry(line, name, "SUMMARY is missing")
    starts, zone, problem = _starts(event)
    if starts is None:
        return BadEntry(line, name, problem)
    location = _text(event, "LOCATION")
    place = located(location)
    if place is None:
        reason = (
            f"LOCATION “{location}” is not “Venue, City”" if location else "LOCATION is missing"
        )
        return BadEntry(line, name, reason)
    return Entry(
        line=line,
        uid=uid or None,
        title=title,
        starts=starts,
        timezone=zone,
        calendar_timezone=timezone,
        venue=place.venue,
        city=place.city,
        street=place.street,
        country=place.country,
        category=_category(event),
        is_cancelled=_text(event, "STATUS").upper() == "CANCELLED",
    )


def _starts(event: Component) -> tuple[datetime | date | None, str | None, str]:
    """When it starts, in which named zone if in one, and if unknown, why."""
    value = event.get("DTSTART")
    if value is None:
        return None, None, "DTSTART is missing"
    if isinstance(value, list):
        return None, None, "DTSTART stands there twice"
    moment = None if isinstance(value, vBroken) else value.dt
    if not isinstance(moment, date):  # a datetime is one too
        return None, None, f"DTSTART “{value}” is not a date"
    if not isinstance(moment, datetime):
        return moment, None, ""
    if moment.tzinfo is None and "TZID" in value.params:
        return None, None, f"nobody knows its time zone “{value.params['TZID']}”"
    zone = moment.tzinfo.key if isinstance(moment.tzinfo, ZoneInfo) else None
    if zone in (None, "UTC", "Etc/UTC"):
        return (moment.astimezone(UTC) if moment.tzinfo else moment), None, ""
    # The wall clock's time, so that one that does not exist is refused like everywhere.
    return moment.replace(tzinfo=None), zone, ""


def _category(event: Component) -> str | None:
    """The first of the entry's categories that means one of ours."""
    found = event.get("CATEGORIES", [])
    for group in found if isinstance(found, list) else [found]:
        for word in group.cats if isinstance(group, vCategory) else ():
            if category := CATEGORIES.get(str(word).strip().casefold()):
                return category
    return None


def _text(event: Component, property: str) -> str:
    value: Any = event.get(property, "")
    return str(value[0] if isinstance(value, list) else value).strip()


def _name(block: str) -> str:
    found = re.search(r"^(?:SUMMARY|UID)[^:\r\n]*:(.*?)\r?$", block, re.MULTILINE | re.IGNORECASE)
    return found[1].strip() if found else ""
