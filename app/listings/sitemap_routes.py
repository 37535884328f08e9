"""The sitemap: every page that search engines shall know."""

from flask import Response, abort, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.access import anyone
from app.catalog import sitemap as event_lists
from app.catalog import venues
from app.catalog.models import Category
from app.listings.routes import bp
from app.web.headers import keep_for_everybody
from app.web.ids import BIGGEST_ID

AN_HOUR = 3600
LEGAL = ("imprint", "privacy", "terms", "fees", "ranking", "accessibility")
HIGHEST_NUMBER = BIGGEST_ID // event_lists.IDS_A_LIST


@bp.get("/sitemap.xml")
@anyone
def sitemap() -> ResponseReturnValue:
    """The lists there are."""
    lists = [url_for(".sitemap_of_pages")]
    lists += [url_for(".sitemap_of_events", number=number) for number in event_lists.numbers()]
    return _xml("listings/sitemap_index.xml", lists=lists)


@bp.get("/sitemap-pages.xml")
@anyone
def sitemap_of_pages() -> ResponseReturnValue:
    """What is there whatever is on, and the events of a kind or a big city."""
    pages = [
        url_for(".home"),
        url_for(".search"),
        *(url_for(f"legal.{name}") for name in LEGAL),
        *(url_for(".search", category=category) for category in Category),
        *(url_for(".search", city=city) for city in venues.popular_cities()),
    ]
    return _xml("listings/sitemap.xml", pages=[(page, None) for page in pages])


@bp.get("/sitemap-events-<id:number>.xml")
@anyone
def sitemap_of_events(number: int) -> ResponseReturnValue:
    """The events ahead of one list."""
    events = (number <= HIGHEST_NUMBER and event_lists.events_of(number)) or abort(404)
    pages = [(url_for(".event", slug=event.slug), event.changed_at) for event in events]
    return _xml("listings/sitemap.xml", pages=pages)


def _xml(template: str, **context: object) -> Response:
    answer = make_response(render_template(template, **context))
    answer.mimetype = "application/xml"
    return keep_for_everybody(answer, AN_HOUR)
