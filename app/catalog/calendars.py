"""An event for somebody's own calendar (iCalendar, RFC 5545)."""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote

from flask import Response
from icalendar import Calendar
from icalendar import Event as Entry

from app.catalog.models import Event
from app.config import settings

# Nobody enters when an event ends. A guess keeps the evening free.
USUAL_LENGTH = timedelta(hours=3)


def calendar_file(
    event: Event, name: str, url: str, notes: Sequence[str] = (), is_cancelled: bool = False
) -> Response:
    """A calendar with the event alone, to be saved.

    `name` tells this entry from all others of ours for ever, so that a later file replaces what
    an earlier one entered. It is cancelled if the event is, or if `is_cancelled`.
    """
    is_cancelled = is_cancelled or event.is_cancelled
    changed_at = event.changed_at or event.created_at
    entry = Entry()
    entry.add("UID", f"{name}@{settings().public_host}")
    entry.add("DTSTAMP", changed_at)
    # Grows with each change, and when the visitor's own part of it ends.
    entry.add("SEQUENCE", round((changed_at - event.created_at).total_seconds()) + is_cancelled)
    entry.add("STATUS", "CANCELLED" if is_cancelled else "CONFIRMED")
    entry.add("SUMMARY", event.title)
    if event.time_announced:
        entry.add("DTSTART", event.starts_at)
        entry.add("DURATION", USUAL_LENGTH)
    else:
        entry.add("DTSTART", event.starts_at_local.date())  # without an hour: the whole day
    entry.add("LOCATION", _location(event))
    entry.add("URL", url)
    entry.add("DESCRIPTION", "\n".join([*notes, url]))

    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "-//ticketbay//EN")
    calendar.add_component(entry)
    answer = Response(calendar.to_ical(), mimetype="text/calendar")
    # The name may have letters of any script, which the plain `filename` may not.
    filename = quote(f"{event.slug}.ics")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{filename}"
    return answer


def _location(event: Event) -> str:
    venue = event.venue
    return ", ".join(filter(None, (venue.name, venue.street, venue.city, venue.country)))
