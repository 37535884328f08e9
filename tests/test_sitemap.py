"""The sitemap, as a robot reads it."""

import xml.etree.ElementTree as ET
from datetime import datetime, timedelta

import pytest

from app import clock
from app.catalog import scheduling, sitemap
from app.catalog.models import Event, EventStatus
from app.db import transaction

SITE = "http://localhost:8000"
NAMES = {
    "": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "xhtml": "http://www.w3.org/1999/xhtml",
}


@pytest.fixture
def get(app):
    def read(path: str) -> ET.Element:
        answer = app.test_client().get(path)
        assert (answer.status_code, answer.mimetype) == (200, "application/xml")
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        return ET.fromstring(answer.data)

    return read


@pytest.fixture
def plan(db, event):
    """Makes further events: `plan("rain", days=40)`."""

    def make(slug: str, days: float = 30, **facts) -> Event:
        planned = Event(
            slug=slug,
            title=slug,
            category="concert",
            venue=event.venue,
            city_key="leipzig",
            starts_at=clock.now() + timedelta(days=days),
            search_words=slug,
            **facts,
        )
        db.session.add(planned)
        db.session.commit()
        return planned

    return make


def addresses(tree: ET.Element) -> list[str]:
    return [it.text.removeprefix(SITE) for it in tree.iterfind("*/loc", NAMES)]


def test_all_events_ahead_are_listed_and_only_those(get, event, plan):
    plan("gone", days=-1)
    plan("cancelled", status=EventStatus.CANCELLED)
    assert addresses(get("/sitemap.xml")) == ["/sitemap-pages.xml", "/sitemap-events-1.xml"]
    assert addresses(get("/sitemap-events-1.xml")) == ["/events/blur-leipzig", "/events/cancelled"]


def test_an_event_says_when_it_was_changed_and_where_its_languages_are(get, event, later):
    later(hours=1)
    with transaction():
        scheduling.change(event, title="Blur and friends")
    [told] = get("/sitemap-events-1.xml")
    changed_at = datetime.fromisoformat(told.findtext("lastmod", namespaces=NAMES))
    assert changed_at == event.changed_at.replace(microsecond=0)
    links = {it.get("hreflang"): it.get("href") for it in told.iterfind("xhtml:link", NAMES)}
    assert links == {
        "en": f"{SITE}/events/blur-leipzig?lang=en",
        "de": f"{SITE}/events/blur-leipzig?lang=de",
        "x-default": f"{SITE}/events/blur-leipzig",
    }


def test_very_many_events_are_on_several_lists(get, event, plan, monkeypatch):
    monkeypatch.setattr(sitemap, "IDS_A_LIST", 2)
    slugs = ["/events/blur-leipzig", *(f"/events/{plan(f'more-{n}').slug}" for n in range(4))]
    plan("gone", days=-1, id=100)
    lists = addresses(get("/sitemap.xml"))[1:]
    assert len(lists) == 3
    pages = [addresses(get(path)) for path in lists]
    assert max(map(len, pages)) == 2
    assert [path for page in pages for path in page] == slugs


def test_a_list_without_events_is_not_found(app, event):
    client = app.test_client()
    for number in (0, 7, 2**62, 2**64, "x"):
        assert client.get(f"/sitemap-events-{number}.xml").status_code == 404


def test_the_places_to_begin_are_listed(get, event):
    found = addresses(get("/sitemap-pages.xml"))
    assert {"/", "/events", "/fees", "/events?category=concert", "/events?city=Leipzig"} <= {*found}


def test_an_empty_site_has_a_sitemap(get, db):
    assert addresses(get("/sitemap.xml")) == ["/sitemap-pages.xml"]


def test_a_name_from_anywhere_is_well_formed(db, get, event):
    event.venue.city, event.slug = "Brno & Žižkov <x>", "ブラー"
    db.session.commit()
    assert "/events?city=Brno+%26+%C5%BDi%C5%BEkov+%3Cx%3E" in addresses(get("/sitemap-pages.xml"))
    assert addresses(get("/sitemap-events-1.xml")) == ["/events/%E3%83%96%E3%83%A9%E3%83%BC"]
