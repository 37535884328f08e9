"""Files about an event: its picture for link previews, and an entry for a calendar.

The pages that show events belong to the features with offers on them.
"""

from datetime import datetime

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.access import anyone
from app.catalog import previews, scheduling
from app.catalog.calendars import calendar_file
from app.catalog.models import Event, Venue
from app.web.filters import clock_time
from app.web.headers import keep_for_everybody
from app.web.previews import png, version
from app.web.search_engines import public_url

blueprint = Blueprint("catalog", __name__)

A_YEAR = 365 * 24 * 3600


@blueprint.get("/events/<slug>/poster.png")
@anyone
def preview(slug: str) -> ResponseReturnValue:
    """The picture for link previews. Under the address of its version it may be kept for good."""
    drawing = previews.preview_of(_event_or_404(slug))
    answer = Response(mimetype="image/png")
    answer.set_etag(version(drawing))
    if request.args.get("v") == version(drawing):
        keep_for_everybody(answer, A_YEAR).cache_control.immutable = True
    if answer.make_conditional(request).status_code != 304:
        answer.set_data(png(drawing))
    return answer


@blueprint.get("/events/<slug>/calendar.ics")
@anyone
def calendar(slug: str) -> ResponseReturnValue:
    """The event for one's own calendar."""
    event = _event_or_404(slug)
    notes = [_doors(event.doors_at, event.venue)] if event.doors_at else []
    url = public_url(url_for("listings.event", slug=slug))
    return calendar_file(event, f"event-{event.id}", url, notes)


def _event_or_404(slug: str) -> Event:
    return scheduling.by_slug(slug) or abort(404)


def _doors(doors_at: datetime, venue: Venue) -> str:
    return _(
        "Doors %(time)s. Times as in %(city)s, %(zone)s.",
        time=clock_time(doors_at, venue.zone),
        city=venue.city,
        zone=venue.timezone,
    )
