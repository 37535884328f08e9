"""What pages say to programs, in the words of schema.org."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from app.catalog.models import EventStatus
from app.db import transaction
from app.orders import reservation

# https://developers.google.com/search/docs/appearance/structured-data/event
REQUIRED = {"name", "startDate", "location"}
RECOMMENDED = {"eventStatus", "image", "offers", "url", "doorTime"}


@pytest.fixture
def said(app):
    """What a page says: `said("/")`, each thing by its type."""

    def read(path: str) -> dict[str, dict]:
        page = app.test_client().get(path).text
        [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
        told = json.loads(data)
        assert told["@context"] == "https://schema.org"
        return {thing["@type"]: thing for thing in told["@graph"]}

    return read


@pytest.fixture
def in_march(db, event):
    event.starts_at = datetime(2031, 3, 14, 19, tzinfo=UTC)
    event.doors_at = event.starts_at - timedelta(hours=1)
    event.venue.street = "Am Markt 1"
    db.session.commit()
    return event


def test_an_event_says_all_that_search_engines_ask_for(said, in_march, listing):
    told = said("/events/blur-leipzig")["MusicEvent"]
    assert set(told) >= REQUIRED | RECOMMENDED
    assert told["name"] == "Blur"
    assert told["startDate"] == "2031-03-14T20:00:00+01:00"
    assert told["doorTime"] == "2031-03-14T19:00:00+01:00"
    assert told["eventStatus"] == "https://schema.org/EventScheduled"
    assert told["url"] == "http://localhost:8000/events/blur-leipzig"
    assert told["image"][0].startswith("http://localhost:8000/events/blur-leipzig/poster.png")
    assert told["location"] == {
        "@type": "Place",
        "name": "Lichthof",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "Am Markt 1",
            "addressLocality": "Leipzig",
            "addressCountry": "DE",
        },
    }


def test_the_price_is_that_of_the_cheapest_ticket_with_all_fees_in(said, in_march, offer):
    offer(price_cents=9000)
    offer(price_cents=4501)
    assert said("/events/blur-leipzig?quantity=1")["MusicEvent"]["offers"] == {
        "@type": "Offer",
        "url": "http://localhost:8000/events/blur-leipzig",
        "availability": "https://schema.org/InStock",
        "price": "47.26",
        "priceCurrency": "EUR",
        "validThrough": "2031-03-14T20:00:00+01:00",
    }


def test_when_all_is_taken_it_is_sold_out(said, in_march, listing, buyer):
    with transaction():
        reservation.reserve(listing.id, buyer.id, 2, listing.version)
    offers = said("/events/blur-leipzig")["MusicEvent"]["offers"]
    assert offers["availability"] == "https://schema.org/SoldOut"
    assert "price" not in offers


def test_where_nothing_was_on_sale_nothing_is_sold_out(said, in_march):
    assert "offers" not in said("/events/blur-leipzig")["MusicEvent"]


def test_a_cancelled_event_says_so_and_offers_nothing(db, said, in_march, listing):
    in_march.status = EventStatus.CANCELLED
    db.session.commit()
    told = said("/events/blur-leipzig")["MusicEvent"]
    assert told["eventStatus"] == "https://schema.org/EventCancelled"
    assert "offers" not in told


def test_a_moved_event_says_so(db, said, in_march):
    in_march.status = EventStatus.POSTPONED
    db.session.commit()
    told = said("/events/blur-leipzig")["MusicEvent"]
    assert told["eventStatus"] == "https://schema.org/EventRescheduled"


def test_without_an_hour_the_day_is_told(db, said, in_march):
    in_march.time_announced, in_march.doors_at = False, None
    in_march.category = "other"
    db.session.commit()
    told = said("/events/blur-leipzig")["Event"]
    assert told["startDate"] == "2031-03-14"
    assert "doorTime" not in told


def test_the_way_to_an_event_leads_through_its_city(said, in_march):
    steps = said("/events/blur-leipzig")["BreadcrumbList"]["itemListElement"]
    assert [(it["position"], it["name"]) for it in steps] == [
        (1, "Events"),
        (2, "Leipzig"),
        (3, "Blur"),
    ]
    assert steps[1]["item"] == "http://localhost:8000/events?city=Leipzig"


def test_a_title_cannot_end_the_script(db, app, said, in_march):
    title = "</script><script>alert(1)</script> & 'so on'"
    in_march.title = title
    db.session.commit()
    assert said("/events/blur-leipzig")["MusicEvent"]["name"] == title
    assert "<script>alert" not in app.test_client().get("/events/blur-leipzig").text


def test_the_home_page_says_how_to_search(said):
    told = said("/")
    assert told["WebSite"]["potentialAction"]["target"]["urlTemplate"] == (
        "http://localhost:8000/events?q={search_term_string}"
    )
    assert told["Organization"]["logo"].startswith("http://localhost:8000/static/img/icon-512.png")
