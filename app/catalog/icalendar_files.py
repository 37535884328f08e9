"""Events from iCalendar (RFC 5545), entry by entry, so that a broken one spoils no other."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Component, Timezone, vBroken, vCategory
from icalendar import Event as CalendarEvent

from app.catalog.encoding import NOT_UTF8, decoded, is_broken
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
LINE_ENDS = re.compile(rb"\r\n|\n|\r")
TIMEZONE_OF_ALL = re.compile(r"^X-WR-TIMEZONE(?:;[^:]*)?:(\S+)", re.MULTILINE | re.IGNORECASE)
TIMEZONE_OF_ONE = re.compile(
    r"^DTSTART;(?:[^:\r\n]*;)?TZID=\"?([^;:\"\r\n]+)", re.MULTILINE | re.IGNORECASE
)
TIMEZONES = re.compile(
    r"^BEGIN:VTIMEZONE\s.*?^END:VTIMEZONE\s*?$", re.MULTILINE | re.DOTALL | re.IGNORECASE
)


class Block(NamedTuple):
    """A VEVENT: its lines, each with the number it begins on, and whether it has an end."""

    lines: Sequence[tuple[int, str]]
    is_whole: bool


def is_icalendar(content: bytes) -> bool:
    return content.lstrip().upper().startswith(b"BEGIN:VCALENDAR")


def read_icalendar(content: bytes) -> Iterator[Entry | BadEntry]:
    """Each VEVENT as an entry, with the line on which it begins."""
    lines = list(_lines(content))
    text = "\n".join(line for _, line in lines)
    _learn_timezones(text)
    timezone = _timezone_of_all(text)
    for block in _blocks(lines):
        yield _read(block, timezone)


def _lines(content: bytes) -> Iterator[tuple[int, str]]:
    """Each line, put together again where it was folded, and the number on which it begins.

    Folds may stand within a character, so they are undone before any is read. What ends a line
    is what RFC 5545 knows: a title may hold what Unicode calls a line separator.
    """
    first, parts = 1, list[bytes]()
    for number, line in enumerate(LINE_ENDS.split(content), 1):
        if parts and line.startswith((b" ", b"\t")):
            parts.append(line[1:])
            continue
        if parts:
            yield first, decoded(b"".join(parts))
        first, parts = number, [line]
    yield first, decoded(b"".join(parts))


def _blocks(lines: Iterable[tuple[int, str]]) -> Iterator[Block]:
    block: list[tuple[int, str]] = []
    for number, line in lines:
        tag = line.strip().upper()
        if tag == "BEGIN:VEVENT":
            if block:
                yield Block(block, False)
            block = [(number, line)]
        elif block:
            block.append((number, line))
            if tag == "END:VEVENT":
                yield Block(block, True)
                block = []
    if block:
        yield Block(block, False)


def _read(block: Block, timezone: str | None) -> Entry | BadEntry:
    first = block.lines[0][0]
    text = "\r\n".join(line for _, line in block.lines)
    if not block.is_whole:
        reason = "the file ends, or the next entry begins, within it"
        return BadEntry(first, _name(text), reason)
    for number, line in block.lines:
        if is_broken(line):
            return BadEntry(first, _name(text), f"line {number} {NOT_UTF8}")
    try:
        event = CalendarEvent.from_ical(text)
    except (ValueError, KeyError, IndexError) as error:
        return BadEntry(first, _name(text), f"not valid iCalendar: {error}")
    return _entry(first, event, timezone)


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
    for property in ("SUMMARY", "UID"):
        line = rf"^{property}[^:\r\n]*:(.*?)\r?$"
        if found := re.search(line, block, re.MULTILINE | re.IGNORECASE):
            return found[1].strip()
    return ""
