"""The pages for those who look for tickets."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.access import anyone
from app.catalog import scheduling, venues
from app.catalog.locations import country_name
from app.catalog.models import Category, Event
from app.catalog.search import EventQuery, count_up_to, find_events
from app.listings import browsing, past_sales, price_charts, showcase
from app.listings.asking_prices import AskingPrices, asking_prices
from app.listings.filters import (
    EVENT_SORTS,
    LONGEST_WORDS,
    OFFER_SORTS,
    EventFilters,
    OfferFilters,
)
from app.listings.inventory import MOST_TICKETS_AN_ORDER
from app.web.languages import language
from app.web.pages import fragment_or_page, leave_out_empty_fields, wants_fragment, wants_more_rows
from app.web.posters import poster

bp = Blueprint("listings", __name__)

HOME_EVENTS, HOME_OFFERS = 8, 4
MOST_COUNTED = 100


@bp.get("/")
@anyone
def home() -> ResponseReturnValue:
    """Search, categories, what is on soon, and the newest offers."""
    soon = find_events(EventQuery(), limit=HOME_EVENTS).items
    return render_template(
        "listings/home.html",
        **_cards(soon),
        fresh=showcase.fresh_offers(HOME_OFFERS),
        categories=list(Category),
    )


@bp.get("/events")
@anyone
def search() -> ResponseReturnValue:
    """Events by words, city, category and date, twenty a page; for htmx the results alone."""
    filters = EventFilters.from_request()
    after = request.args.get("after")
    leave_out_empty_fields(filters.url(after))
    page = find_events(filters.query(), after=after)
    return fragment_or_page(
        "listings/_results.html",
        "listings/search.html",
        filters=filters,
        **_cards(page.items),
        count=count_up_to(filters.query(), MOST_COUNTED),
        most_counted=MOST_COUNTED,
        next_url=page.next_cursor and filters.url(page.next_cursor),
        is_first_page=after is None,
        wants_more=wants_more_rows(),
        cities=[] if wants_fragment() else venues.popular_cities(),
        categories=list(Category),
        sorts=EVENT_SORTS,
    )


@bp.get("/cities")
@anyone
def cities() -> ResponseReturnValue:
    """What the city may be that somebody types into the search form."""
    typed = request.args.get("city", "")[:LONGEST_WORDS]
    return render_template("listings/_cities.html", cities=venues.cities_beginning_with(typed))


@bp.get("/events/<slug>")
@anyone
def event(slug: str) -> ResponseReturnValue:
    """One event with its tickets. Its list of offers asks again and again, mostly for a 304."""
    event = scheduling.by_slug(slug) or abort(404)
    filters, after = OfferFilters.from_request(), request.args.get("after")
    leave_out_empty_fields(filters.url(slug, after))
    answer = make_response()
    if wants_fragment():
        answer.set_etag(f"{browsing.fingerprint(event.id)}-{_is_ahead(event):d}-{language()}")
        answer.cache_control.no_cache = True
        if answer.make_conditional(request).status_code == 304:
            return answer
    answer.set_data(_event_page(event, filters, after))
    return answer


def _event_page(event: Event, filters: OfferFilters, after: str | None) -> str:
    offers = browsing.offers_of(
        event.id,
        quantity=filters.quantity,
        section=filters.section,
        most_cents=filters.most_cents,
        sort=filters.sort,
        after=after,
    )
    prices = asking_prices(event.id, filters.quantity, filters.section)
    return render_template(
        "listings/_offers.html" if wants_fragment() else "listings/event.html",
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
        url=filters.url(event.slug, after),
        next_url=offers.next_cursor and filters.url(event.slug, offers.next_cursor),
        is_first_page=after is None,
        is_fragment=wants_fragment(),
        now=clock.now(),
        poster=poster,
        **_charts(event, filters, prices),
    )


def _to_choose_from(prices: AskingPrices, filters: OfferFilters) -> list[str]:
    """The sections with tickets, and the chosen one also when the last of its tickets is gone."""
    names = {section.name for section in prices.sections}
    return sorted(names | {filters.section} if filters.section else names)


def _charts(event: Event, filters: OfferFilters, prices: AskingPrices) -> dict[str, Any]:
    """The pictures of an event's prices. The line is of days and stays as the page came with it."""

    def narrowed(**change: Any) -> str:
        return f"{replace(filters, **change).url(event.slug)}#offers"

    days = {} if wants_fragment() else past_sales.price_lines([event.id])
    return {
        "histogram": price_charts.offers_histogram(
            prices.tickets_at, filters.most_cents, lambda most: narrowed(most_cents=most)
        ),
        "section_bars": price_charts.section_bars(
            prices.sections, filters.section, lambda section: narrowed(section=section)
        ),
        "price_line": price_charts.price_line(days.get(event.id, []), event.venue.zone),
    }


def _is_ahead(event: Event) -> bool:
    return not (event.is_cancelled or event.has_begun())


def _cards(events: Sequence[Event]) -> dict[str, Any]:
    """What the cards of these events need."""
    event_ids, now = [event.id for event in events], clock.now()
    return {
        "events": events,
        "cheapest": showcase.cheapest_for(event_ids),
        "sparklines": {
            event_id: price_charts.sparkline(days, now)
            for event_id, days in past_sales.price_lines(event_ids).items()
        },
        "poster": poster,
    }
