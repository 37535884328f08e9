"""The pictures of events. The pages that show events belong to the features with offers on them."""

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from app.accounts.access import anyone
from app.catalog import scheduling
from app.web.posters import VIEW_HEIGHT, VIEW_WIDTH, poster

blueprint = Blueprint("catalog", __name__)

A_YEAR = 365 * 24 * 3600


@blueprint.get("/events/<slug>/poster.svg", endpoint="poster")
@anyone
def show_poster(slug: str) -> ResponseReturnValue:
    """The event's poster. It follows from the event's id, so it may be kept for good."""
    event = scheduling.by_slug(slug)
    if event is None:
        abort(404)
    drawing = poster(event.id, width=VIEW_WIDTH, height=VIEW_HEIGHT, category=event.category)
    answer = Response(str(drawing), mimetype="image/svg+xml")
    answer.cache_control.public = True
    answer.cache_control.max_age = A_YEAR
    answer.cache_control.immutable = True
    return answer
