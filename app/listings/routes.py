"""The pages for those who look for tickets."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import anyone
from app.catalog import scheduling, venues
from app.catalog.locations import country_name
from app.catalog.models import Category, Event
from app.catalog.previews import preview_path
from app.catalog.search import EventQuery, count_up_to, find_events
from app.listings import browsing, past_sales, price_charts, showcase
from app.listings.asking_prices import AskingPrices, asking_prices
from app.listings.filters import (
    EVENT_SORTS,
    OFFER_SORTS,
    EventFilters,
    OfferFilters,
    typed,
)
from app.listings.inventory import MOST_TICKETS_AN_ORDER
from app.listings.structured_data import about_an_event, about_the_site
from app.web import news, search_engines
from app.web.pages import (
    came_from,
    fragment_or_page,
    leave_out_empty_fields,
    replaces,
    wants_fragment,
    wants_more_rows,
)
from app.web.posters import poster

bp = Blueprint("listings", __name__)

HOME_EVENTS, HOME_OFFERS = 8, 4
A_WEEK = timedelta(days=7)
MOST_COUNTED = 100
# A list grows by a page each time somebody asks for more, up to what is still pleasant to reload.
OFFERS_A_PAGE, MOST_OFFERS = 20, 100


@bp.get("/")
@anyone
def home() -> ResponseReturnValue:
    """Search, categories, what is on soon, and the newest offers."""
    soon = find_events(EventQuery(), limit=HOME_EVENTS).items
    return render_template(
        "listings/home.html",
        events=soon,
        is_this_week=all(event.starts_at < clock.now() + A_WEEK for event in soon),
        cheapest=showcase.cheapest_for([event.id for event in soon]),
        fresh=showcase.fresh_offers(HOME_OFFERS),
        categories=list(Category),
        poster=poster,
        structured_data=about_the_site(),
    )


@bp.get("/events")
@anyone
def search() -> ResponseReturnValue:
    """Events by words, city, category and date, twenty a page; for htmx the results alone."""
    filters = EventFilters.from_request()
    after = request.args.get("after")
    leave_out_empty_fields(filters.url(after))
    page = find_events(filters, after=after)
    event_ids = [event.id for event in page.items]
    with_form = replaces("search")
    if after or not (page.items and filters.is_a_place_to_begin):
        search_engines.leave_out()
    return fragment_or_page(
        "listings/_search.html" if with_form else "listings/_results.html",
        "listings/search.html",
        filters=filters,
        events=page.items,
        cheapest=showcase.cheapest_for(event_ids),
        sparklines=price_charts.sparklines(past_sales.price_lines(event_ids)),
        count=count_up_to(filters, MOST_COUNTED),
        most_counted=MOST_COUNTED,
        next_url=page.next_cursor and filters.url(page.next_cursor),
        is_first_page=after is None,
        wants_more=wants_more_rows(),
        focus_count=with_form,
        cities=venues.popular_cities() if with_form or not wants_fragment() else [],
        categories=list(Category),
        sorts=EVENT_SORTS,
        poster=poster,
        canonical=filters.place_to_begin(page.items).url(),
    )


@bp.get("/cities")
@anyone
def cities() -> ResponseReturnValue:
    """What the city may be that somebody types into the search form."""
    found = venues.cities_beginning_with(typed("city"))
    return render_template("listings/_cities.html", cities=found)


@bp.get("/events/<slug>")
@anyone
def event(slug: str) -> ResponseReturnValue:
    """One event with its tickets. Its list of offers asks again and again, mostly for a 304."""
    event = scheduling.by_slug(slug) or abort(404)
    filters, after = OfferFilters.from_request(), request.args.get("after")
    leave_out_empty_fields(filters.url(slug, after))
    version = news.version_of(browsing.fingerprint(event.id), _is_ahead(event))
    return news.unless_known(version, lambda: _event_page(event, filters, after, version))


def _event_page(
    event: Event, filters: OfferFilters, after: str | None, version: str
) -> ResponseReturnValue:
    show = _how_many()
    offers = browsing.offers_of(
        event.id,
        quantity=filters.quantity,
        section=filters.section,
        most_cents=filters.most_cents,
        sort=filters.sort,
        after=after,
        limit=show,
    )
    prices = asking_prices(event.id, filters.quantity, filters.section)
    following = offers.next_cursor
    may_grow = following and show < MOST_OFFERS
    with_form = replaces("tickets")
    return fragment_or_page(
        "listings/_tickets.html" if with_form else "listings/_offers.html",
        "listings/event.html",
        event=event,
        zone=event.venue.zone,
        country=country_name(event.venue.country),
        can_be_bought=_is_ahead(event),
        cheapest_cents=prices.cheapest_cents,
        offers=offers,
        filters=filters,
        sections=_to_choose_from(prices, filters),
        sorts=OFFER_SORTS,
        most_tickets=MOST_TICKETS_AN_ORDER,
        version=version,
        url=filters.url(event.slug, after, show if show > OFFERS_A_PAGE else None),
        next_url=following and filters.url(event.slug, following),
        more_url=filters.url(event.slug, after, show + OFFERS_A_PAGE) if may_grow else None,
        first_new=show - OFFERS_A_PAGE if came_from("more-offers") else None,
        is_first_page=after is None,
        focus_count=with_form,
        is_fragment=wants_fragment(),
        now=clock.now(),
        poster=poster,
        **_charts(event, filters, prices),
        **_found_and_shared(event, prices.cheapest_cents, bool(offers.taken)),
    )


def _to_choose_from(prices: AskingPrices, filters: OfferFilters) -> list[str]:
    """The sections with tickets, and the chosen one also when the last of its tickets is gone."""
    names = {section.name for section in prices.sections}
    return sorted(names | {filters.section} if filters.section else names)


def _charts(event: Event, filters: OfferFilters, prices: AskingPrices) -> dict[str, Any]:
    """The pictures of an event's prices. The line is of days and stays as the page came with it."""

    def narrowed(**change: Any) -> str:
        return replace(filters, **change).url(event.slug)

    days = {} if wants_fragment() else past_sales.price_lines([event.id])
    return {
        "histogram": price_charts.offers_histogram(
            prices.tickets_at,
            filters.most_cents,
            lambda most: f"{narrowed(most_cents=most)}#offers",
        ),
        "section_bars": price_charts.section_bars(
            prices.sections, filters.section, lambda section: narrowed(section=section)
        ),
        "price_line": price_charts.price_line(days.get(event.id, []), event.venue.zone),
    }


def _how_many() -> int:
    """How many offers the list has grown to."""
    wanted = request.args.get("show", OFFERS_A_PAGE, int)
    return max(OFFERS_A_PAGE, min(wanted, MOST_OFFERS))


def _found_and_shared(
    event: Event, cheapest_cents: int | None, something_is_taken: bool
) -> dict[str, Any]:
    """What search engines and link previews get, which read pages alone.

    What is over is not to be found any more.
    """
    if wants_fragment():
        return {}
    if event.has_begun() or "after" in request.args:
        search_engines.leave_out()
    picture = preview_path(event)
    on_sale = (cheapest_cents, something_is_taken) if _is_ahead(event) else (None, False)
    return {"picture": picture, "structured_data": about_an_event(event, picture, *on_sale)}


def _is_ahead(event: Event) -> bool:
    return not (event.is_cancelled or event.has_begun())
