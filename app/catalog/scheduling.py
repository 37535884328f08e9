"""Entering, changing and cancelling events."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.catalog.domain_events import EventChanged, EventCreated
from app.catalog.local_time import start_of_day, to_utc, zone_of_country
from app.catalog.models import Category, Event, EventStatus, Venue
from app.catalog.names import cleaned
from app.catalog.slugs import slugs
from app.catalog.titles import are_alike
from app.catalog.venues import find_or_add_venue
from app.catalog.words import search_words
from app.db import db, move
from app.errors import Conflict, Invalid
from app.outbox.recording import record

# What a form that enters an event needs stands in two modules; callers find it all here.
__all__ = [
    "LikelyDuplicates",
    "by_slug",
    "cancel",
    "change",
    "check_start",
    "find_or_add_venue",
    "likely_duplicates",
    "schedule",
    "schedule_if_new",
    "to_utc",
    "zone_of_country",
]

SHORTEST_TITLE, LONGEST_TITLE = 2, 120
FARTHEST_AHEAD = timedelta(days=5 * 366)
EARLIEST_DOORS = timedelta(hours=24)


class LikelyDuplicates(Conflict):
    """Somebody seems to have entered this event already: `event_ids`, most alike first."""

    def __init__(self, event_ids: Sequence[int]):
        super().__init__(_("This event may be here already."))
        self.event_ids = event_ids
        self.members = {"event_ids": list(event_ids)}


def schedule_if_new(*, is_another: bool, **facts: Any) -> Event:
    """A new event; `facts` are what `schedule` takes.

    LikelyDuplicates, and the caller rolls back, unless somebody says that it is another one.
    """
    event = schedule(**facts)
    alike = [] if is_another else likely_duplicates(event)
    if alike:
        raise LikelyDuplicates([other.id for other in alike])
    return event


def schedule(
    *,
    title: str,
    category: str,
    venue: Venue,
    starts_at: datetime,
    time_announced: bool = True,
    doors_at: datetime | None = None,
    source_uid: str | None = None,
) -> Event:
    """A new event. Invalid, with the field, if a value cannot be right.

    While only the day is known (`time_announced=False`) it starts at that day's
    midnight at the venue. Conflict if the `source_uid` is already there.
    """
    event = Event(
        title=_title(title),
        category=_known(category),
        venue=venue,
        city_key=venue.city_key,
        starts_at=_start(starts_at, time_announced, venue),
        time_announced=time_announced,
        doors_at=doors_at,
        source_uid=source_uid,
    )
    _check_ahead(event)
    _check_doors(event)
    event.search_words = _search_words(event)
    _insert(event)
    record(EventCreated(**_facts(event)))
    return event


def change(
    event: Event,
    *,
    title: str | None = None,
    category: str | None = None,
    venue: Venue | None = None,
    starts_at: datetime | None = None,
    time_announced: bool | None = None,
) -> bool:
    """Retitle or move the event; what is None stays. True if that made a difference.

    The address stays too, because people have shared it. Doors open as long before
    the start as they did.
    """
    before = _changeable(event)
    if title is not None:
        event.title = _title(title)
    if category is not None:
        event.category = _known(category)
    if venue is not None and venue is not event.venue:
        event.venue, event.city_key = venue, venue.city_key
    if time_announced is not None:
        event.time_announced = time_announced
    if starts_at is not None or not event.time_announced:
        _move_start(event, starts_at or event.starts_at)
    if _changeable(event) == before:
        return False
    event.search_words = _search_words(event)
    event.changed_at = clock.now()
    db.session.flush()
    record(EventChanged(**_facts(event)))
    return True


def check_start(starts_at: datetime, time_announced: bool, timezone: str) -> None:
    """Invalid if an event in that zone cannot be entered with this start."""
    venue = Venue(timezone=timezone)
    start = _start(starts_at, time_announced, venue)
    _check_ahead(Event(venue=venue, starts_at=start, time_announced=time_announced))


def cancel(event: Event) -> bool:
    """The event will not happen. True if this call cancelled it, False if it was already."""
    for status in (EventStatus.SCHEDULED, EventStatus.POSTPONED):
        if move(event, from_status=status, to_status=EventStatus.CANCELLED):
            db.session.refresh(event, ["status"])
            event.changed_at = clock.now()
            record(EventChanged(**_facts(event)))
            return True
    return False


def by_slug(slug: str) -> Event | None:
    """The event at this address, in whatever state."""
    if "\0" in slug:  # PostgreSQL takes no such text, not even to compare
        return None
    return db.session.scalar(select(Event).filter_by(slug=slug))


def likely_duplicates(event: Event) -> list[Event]:
    """Other events that may be the same one, the likest first.

    Their titles are alike, and they are in the same city at most a day apart.
    """
    two_days = timedelta(days=2)
    near = db.session.scalars(
        select(Event).where(
            Event.city_key == event.city_key,
            Event.starts_at.between(event.starts_at - two_days, event.starts_at + two_days),
            Event.status != EventStatus.CANCELLED,
            Event.id != event.id,
        )
    )
    alike = [other for other in near if _may_be_the_same(event, other)]
    return sorted(
        alike,
        key=lambda other: (
            other.venue is not event.venue,
            abs(other.starts_at - event.starts_at),
            other.id,
        ),
    )


def _title(title: str) -> str:
    return cleaned(title, "title", _("Event"), shortest=SHORTEST_TITLE, longest=LONGEST_TITLE)


def _known(category: str) -> Category:
    try:
        return Category(category)
    except ValueError:
        raise Invalid(
            _(
                "“%(category)s” is not a category. Choose one of %(choices)s.",
                category=category,
                choices=", ".join(Category),
            ),
            "category",
        ) from None


def _start(starts_at: datetime, time_announced: bool, venue: Venue) -> datetime:
    try:
        if time_announced:
            return starts_at.astimezone(UTC)
        return start_of_day(starts_at.astimezone(venue.zone).date(), venue.timezone)
    except OverflowError:
        raise Invalid(_("That date is out of range."), "starts_at") from None


def _move_start(event: Event, starts_at: datetime) -> None:
    starts_at = _start(starts_at, event.time_announced, event.venue)
    if starts_at == event.starts_at:
        return
    if event.doors_at is not None:
        event.doors_at += starts_at - event.starts_at
    event.starts_at = starts_at
    _check_ahead(event)


def _check_ahead(event: Event) -> None:
    if event.has_begun():
        raise Invalid(_("The event must lie ahead. Choose a later date."), "starts_at")
    if event.starts_at > clock.now() + FARTHEST_AHEAD:
        raise Invalid(_("That is more than five years ahead. Choose an earlier date."), "starts_at")


def _check_doors(event: Event) -> None:
    if event.doors_at is None:
        return
    if not event.starts_at - EARLIEST_DOORS <= event.doors_at <= event.starts_at:
        raise Invalid(
            _("Doors open before the start, on the same day. Choose another time."), "doors_at"
        )


def _insert(event: Event) -> None:
    """Store the event under the first address that is free, whoever else is trying."""
    for slug in slugs(event.title, event.venue.city, event.starts_at_local.date()):
        if db.session.scalar(select(Event.id).filter_by(slug=slug)) is not None:
            continue
        event.slug = slug
        try:
            with db.session.begin_nested():
                db.session.add(event)
            return
        except IntegrityError:
            taken = select(Event.id).filter_by(source_uid=event.source_uid)
            if event.source_uid and db.session.scalar(taken) is not None:
                raise Conflict(_("This event is already there.")) from None


def _search_words(event: Event) -> str:
    return search_words((event.title, event.venue.name, event.venue.city))


def _facts(event: Event) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "slug": event.slug,
        "title": event.title,
        "category": str(event.category),
        "status": str(event.status),
        "starts_at": event.starts_at,
        "time_announced": event.time_announced,
        "venue": event.venue.name,
        "city": event.venue.city,
        "country": event.venue.country,
        "timezone": event.venue.timezone,
    }


def _changeable(event: Event) -> tuple[object, ...]:
    return event.title, event.category, event.venue, event.starts_at, event.time_announced


def _may_be_the_same(one: Event, other: Event) -> bool:
    days = abs((one.starts_at_local.date() - other.starts_at_local.date()).days)
    return days <= 1 and are_alike(one.title, other.title)
