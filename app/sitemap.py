"""The sitemap: every page that search engines shall know."""

from flask import Blueprint, Flask, Response, abort, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.access import anyone
from app.catalog import sitemap as event_lists
from app.catalog import venues
from app.catalog.models import Category
from app.legal.texts import TEXTS
from app.web.headers import keep_for_everybody
from app.web.ids import BIGGEST_ID

bp = Blueprint("sitemap", __name__)

AN_HOUR = 3600
HIGHEST_NUMBER = BIGGEST_ID // event_lists.IDS_A_LIST


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


@bp.get("/sitemap.xml")
@anyone
def index() -> ResponseReturnValue:
    """The lists there are."""
    lists = [url_for(".pages")]
    lists += [url_for(".events", number=number) for number in event_lists.numbers()]
    return _xml("sitemap/index.xml", lists=lists)


@bp.get("/sitemap-pages.xml")
@anyone
def pages() -> ResponseReturnValue:
    """What is there whatever is on, and the events of a kind or a big city."""
    paths = [
        url_for("listings.home"),
        url_for("listings.search"),
        *(url_for(f"legal.{text.name}") for text in TEXTS),
        *(url_for("listings.search", category=category) for category in Category),
        *(url_for("listings.search", city=city) for city in venues.popular_cities()),
    ]
    return _xml("sitemap/pages.xml", pages=[(path, None) for path in paths])


@bp.get("/sitemap-events-<id:number>.xml")
@anyone
def events(number: int) -> ResponseReturnValue:
    """The events ahead of one list."""
    found = (number <= HIGHEST_NUMBER and event_lists.events_of(number)) or abort(404)
    listed = [(url_for("listings.event", slug=event.slug), event.changed_at) for event in found]
    return _xml("sitemap/pages.xml", pages=listed)


def _xml(template: str, **context: object) -> Response:
    answer = make_response(render_template(template, **context))
    answer.mimetype = "application/xml"
    return keep_for_everybody(answer, AN_HOUR)
