"""Taking over events from a file: new ones are entered, known ones brought up to date."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice

from sqlalchemy import select

from app.catalog import scheduling
from app.catalog.entries import BadEntry, Entry
from app.catalog.local_time import (
    country_of_zone,
    is_zone_of,
    start_of_day,
    to_utc,
    zone_named,
    zone_of_country,
)
from app.catalog.locations import country_name
from app.catalog.models import Category, Event, Venue
from app.catalog.venues import find_or_add_venue, find_venue
from app.catalog.words import key
from app.db import db, transaction
from app.errors import Conflict, Invalid, Refusal

BATCH = 50  # entries a transaction: what an interruption loses, and how long others wait
LONGEST_UID = 255


class Outcome(StrEnum):
    """What became of an entry."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    CANCELLED = "cancelled"
    PAST = "past"
    REFUSED = "refused"


@dataclass(frozen=True)
class Defaults:
    """What holds where an entry says nothing itself, and by how much all are moved."""

    timezone: str | None = None
    country: str | None = None
    category: str = Category.OTHER
    weeks_later: int = 0


class AlreadyPast(Exception):
    """The entry is over. Raised so that a venue made for it goes again."""


def import_entries(
    entries: Iterator[Entry | BadEntry],
    defaults: Defaults,
    *,
    refused: Callable[[BadEntry], object],
    progress: Callable[[int], object],
) -> Counter[Outcome]:
    """How many entries had each outcome. Every entry goes in whole or not at all.

    It opens its own transactions, one for some entries at a time. `refused` is told
    each entry that could not be taken, `progress` how many were looked at so far.
    """
    outcomes: Counter[Outcome] = Counter()
    lines: dict[str, int] = {}
    while batch := list(islice(entries, BATCH)):
        bad = [entry for entry in batch if isinstance(entry, BadEntry)]
        with transaction():
            good = [entry for entry in batch if isinstance(entry, Entry)]
            known = _known(good)
            for entry in good:
                try:
                    _check_unique(entry, lines)
                    with db.session.begin_nested():
                        outcomes[_take(entry, known.get(_uid(entry)), defaults)] += 1
                except AlreadyPast:
                    outcomes[Outcome.PAST] += 1
                except Refusal as refusal:
                    bad.append(BadEntry(entry.line, entry.title, str(refusal)))
        outcomes[Outcome.REFUSED] += len(bad)
        for problem in sorted(bad, key=lambda entry: entry.line):
            refused(problem)
        progress(outcomes.total())
    return outcomes


def _known(entries: Sequence[Entry]) -> dict[str, Event]:
    """The events that earlier imports made of these entries, by UID."""
    uids = {_uid(entry) for entry in entries}
    found = db.session.scalars(select(Event).where(Event.source_uid.in_(uids)))
    return {event.source_uid: event for event in found if event.source_uid}


def _check_unique(entry: Entry, lines: dict[str, int]) -> None:
    first = lines.setdefault(_uid(entry), entry.line)
    if first != entry.line:
        raise Invalid(f"The entry on line {first} has the same UID.")


def _take(entry: Entry, event: Event | None, defaults: Defaults) -> Outcome:
    if entry.is_cancelled:
        # One that never was here needs no calling off.
        cancelled = event is not None and scheduling.cancel(event)
        return Outcome.CANCELLED if cancelled else Outcome.UNCHANGED
    venue = _venue(entry, defaults)
    starts_at, time_announced = _start(entry, venue, defaults.weeks_later)
    if _is_past(starts_at, time_announced, venue):
        raise AlreadyPast
    if event is None:
        scheduling.schedule(
            title=entry.title,
            category=entry.category or defaults.category,
            venue=venue,
            starts_at=starts_at,
            time_announced=time_announced,
            source_uid=_uid(entry),
        )
        return Outcome.NEW
    if event.is_cancelled:
        raise Conflict("The event is cancelled here and stays so.")
    changed = scheduling.change(
        event,
        title=entry.title,
        category=entry.category,
        venue=venue,
        starts_at=starts_at,
        time_announced=time_announced,
    )
    return Outcome.UPDATED if changed else Outcome.UNCHANGED


def _venue(entry: Entry, defaults: Defaults) -> Venue:
    """One that is there keeps its zone. A new one has the first that can be its country's.

    What the entry, its file and the options name may be about other venues, or about
    the time only: it is no reason to refuse the entry.
    """
    zones = [
        entry.timezone,
        entry.country and zone_of_country(entry.country.upper()),
        entry.calendar_timezone,
        defaults.timezone,
    ]
    named = [zone for zone in zones if zone]
    country = entry.country or defaults.country or (country_of_zone(named[0]) if named else None)
    if not country:
        raise Invalid("The country is not known. Name it with --country, such as --country DE.")
    if known := find_venue(entry.venue, entry.city, country):
        return known
    timezone = next((zone for zone in named if is_zone_of(zone, country.upper())), None)
    try:
        return find_or_add_venue(entry.venue, entry.city, country, timezone, entry.street)
    except Invalid as invalid:
        if timezone or invalid.field != "timezone":
            raise
        raise Invalid(
            f"{country_name(country.upper())} has more than one time zone. Name the venue's with"
            " --timezone, such as --timezone America/New_York."
        ) from None


def _start(entry: Entry, venue: Venue, weeks_later: int) -> tuple[datetime, bool]:
    """When it starts, and whether that is more than a day. Moved at the venue's local time."""
    later = timedelta(weeks=weeks_later)
    starts = entry.starts
    try:
        if not isinstance(starts, datetime):
            return start_of_day(starts + later, venue.timezone), False
        if starts.tzinfo is None:
            zone = entry.timezone or venue.timezone
            if zone == venue.timezone:
                return to_utc(starts + later, zone), True
            starts = to_utc(starts, zone)
        if not later:
            return starts.astimezone(UTC), True
        local = starts.astimezone(zone_named(venue.timezone)).replace(tzinfo=None)
        return to_utc(local + later, venue.timezone), True
    except OverflowError:
        raise Invalid("Its date is out of range.") from None


def _is_past(starts_at: datetime, time_announced: bool, venue: Venue) -> bool:
    return Event(starts_at=starts_at, time_announced=time_announced, venue=venue).has_begun()


def _uid(entry: Entry) -> str:
    """The entry's UID. Without one, the same for the same title, place and start."""
    if entry.uid:
        uid = "".join(sign for sign in entry.uid if unicodedata.category(sign) != "Cc")
        if uid and len(uid) <= LONGEST_UID:
            return uid
    facts = entry.uid or "\n".join(
        (key(entry.title), key(entry.venue), key(entry.city), entry.starts.isoformat())
    )
    return f"sha256:{hashlib.sha256(facts.encode()).hexdigest()}"
