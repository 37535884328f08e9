"""The picture of an event that link previews show, in the visitor's language."""

from babel.dates import format_date
from flask import url_for

from app.catalog.models import Event
from app.web import previews
from app.web.filters import clock_time
from app.web.languages import language
from app.web.posters import art

DAYS_AND_MONTHS = {"en": "d MMM", "de": "d. MMM"}


def preview_of(event: Event) -> str:
    """The drawing: its title, where it is, and when by the clock on the venue's wall."""
    venue, starts_at = event.venue, event.starts_at_local
    day = [
        format_date(starts_at, pattern, locale=language())
        for pattern in ("EEEE", DAYS_AND_MONTHS[language()], "yyyy")
    ]
    return previews.preview(
        art(event.id, event.category),
        title=event.title,
        places=(f"{venue.name}, {venue.city}", venue.city),
        stub=[*day, clock_time(starts_at)] if event.time_announced else day,
    )


def preview_path(event: Event) -> str:
    """Where the picture is. The address changes with what is on it, so it may be kept for good."""
    version = previews.version(preview_of(event))
    return url_for("catalog.preview", slug=event.slug, lang=language(), v=version)
