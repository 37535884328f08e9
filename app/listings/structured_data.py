"""What pages say to programs, in the words of schema.org (JSON-LD).

Search engines read the event with its date, place and price from it.
https://developers.google.com/search/docs/appearance/structured-data/event
"""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.catalog.models import Category, Event, EventStatus, Venue
from app.config import settings
from app.web.search_engines import public_url

Thing = dict[str, Any]

VOCABULARY = "https://schema.org"
KINDS = {
    Category.CONCERT: "MusicEvent",
    Category.SPORT: "SportsEvent",
    Category.THEATRE: "TheaterEvent",
    Category.COMEDY: "ComedyEvent",
    Category.FESTIVAL: "Festival",
    Category.FAMILY: "ChildrensEvent",
}
STATUSES = {
    EventStatus.SCHEDULED: "EventScheduled",
    EventStatus.POSTPONED: "EventRescheduled",  # to the date that it has now
    EventStatus.CANCELLED: "EventCancelled",
}


def about_the_site() -> Thing:
    """The site, who runs it, and how to search it."""
    home = public_url(url_for("listings.home"))
    words = "{search_term_string}"
    return _graph(
        {
            "@type": "WebSite",
            "name": "ticketbay",
            "url": home,
            "potentialAction": {
                "@type": "SearchAction",
                "target": {
                    "@type": "EntryPoint",
                    "urlTemplate": f"{public_url(url_for('listings.search'))}?q={words}",
                },
                "query-input": "required name=search_term_string",
            },
        },
        {
            "@type": "Organization",
            "name": "ticketbay",
            "url": home,
            "logo": public_url(url_for("static", filename="img/icon-512.png")),
        },
    )


def about_an_event(
    event: Event, picture: str, cheapest_cents: int | None, is_sold_out: bool
) -> Thing:
    """The event with its place and what the cheapest ticket costs, and the way to its page.

    Without a price it is sold out, or nothing has been on sale.
    """
    url = public_url(url_for("listings.event", slug=event.slug))
    facts = {
        "@type": KINDS.get(Category(event.category), "Event"),
        "name": event.title,
        "url": url,
        "image": [public_url(picture)],
        "eventStatus": f"{VOCABULARY}/{STATUSES[EventStatus(event.status)]}",
        "eventAttendanceMode": f"{VOCABULARY}/OfflineEventAttendanceMode",
        "startDate": _start(event),
        "location": _place(event.venue),
    }
    if event.doors_at:
        facts["doorTime"] = event.doors_at.astimezone(event.venue.zone).isoformat()
    if cheapest_cents or is_sold_out:
        facts["offers"] = _offer(event, url, cheapest_cents)
    return _graph(facts, _breadcrumbs(event, url))


def _start(event: Event) -> str:
    """With the difference to UTC; the day alone while nobody knows the hour."""
    local = event.starts_at_local
    return local.isoformat() if event.time_announced else local.date().isoformat()


def _place(venue: Venue) -> Thing:
    address = {
        "@type": "PostalAddress",
        "addressLocality": venue.city,
        "addressCountry": venue.country,
    }
    if venue.street:
        address["streetAddress"] = venue.street
    return {"@type": "Place", "name": venue.name, "address": address}


def _offer(event: Event, url: str, cheapest_cents: int | None) -> Thing:
    """The lowest price, all fees in, as long as there is a ticket."""
    offer = {
        "@type": "Offer",
        "url": url,
        "availability": f"{VOCABULARY}/{'InStock' if cheapest_cents else 'SoldOut'}",
        "validThrough": event.starts_at_local.isoformat(),
    }
    if cheapest_cents:
        offer["price"] = f"{cheapest_cents // 100}.{cheapest_cents % 100:02}"
        offer["priceCurrency"] = settings().currency
    return offer


def _breadcrumbs(event: Event, url: str) -> Thing:
    city = event.venue.city
    steps = [
        (_("Events"), url_for("listings.search")),
        (city, url_for("listings.search", city=city)),
    ]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            *(
                _step(number, name, public_url(path))
                for number, (name, path) in enumerate(steps, 1)
            ),
            _step(len(steps) + 1, event.title, url),
        ],
    }


def _step(position: int, name: str, url: str) -> Thing:
    return {"@type": "ListItem", "position": position, "name": name, "item": url}


def _graph(*things: Thing) -> Thing:
    return {"@context": VOCABULARY, "@graph": list(things)}
