"""What pages tell search engines and link previews about themselves."""

import re
from datetime import timedelta
from html import unescape

import pytest

from app.catalog.models import EventStatus
from tests.support.signing_in import sign_in_as

pytestmark = pytest.mark.thorough

SITE = "http://localhost:8000"
NOINDEX = '<meta name="robots" content="noindex">'


@pytest.fixture
def get(app):
    return lambda path, **options: app.test_client().get(path, **options).text


def head(page: str) -> str:
    return page.partition("</head>")[0]


def canonical(page: str) -> str | None:
    found = re.findall(r'<link rel="canonical" href="([^"]*)">', page)
    assert len(found) < 2
    return unescape(found[0]).removeprefix(SITE) if found else None


def alternates(page: str) -> dict[str, str]:
    links = re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">', page)
    return {code: unescape(url).removeprefix(SITE) for code, url in links}


def properties(page: str) -> dict[str, str]:
    metas = re.findall(r'<meta (?:property|name)="([^"]*)" content="([^"]*)">', head(page))
    return {name: unescape(content) for name, content in metas}


def title(page: str) -> str:
    return unescape(re.findall("<title>(.*)</title>", page, re.DOTALL)[0])


# One page, one address


def test_each_page_names_its_address_in_every_language(get):
    page = get("/?lang=de")
    assert canonical(page) == "/?lang=de"
    assert canonical(get("/")) == "/"
    assert alternates(page) == {"en": "/?lang=en", "de": "/?lang=de", "x-default": "/"}


@pytest.mark.parametrize("query", ["quantity=2", "section=G&sort=newest", "most=50&utm_source=x"])
def test_what_narrows_the_offers_is_the_page_of_the_event(get, event, offer, query):
    offer(section="G")
    assert canonical(get(f"/events/{event.slug}?{query}")) == f"/events/{event.slug}"


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("/events", "/events"),
        ("/events?sort=newest", "/events"),
        ("/events?category=concert", "/events?category=concert"),
        ("/events?city=LEIPZIG&sort=newest", "/events?city=Leipzig"),
        ("/events?city=leipzig&category=concert", "/events?city=Leipzig&category=concert"),
        ("/events?city=leipzig&lang=de", "/events?city=Leipzig&lang=de"),
    ],
)
def test_a_kind_and_a_city_are_pages_of_their_own(get, event, asked, address):
    page = get(asked)
    assert canonical(page) == address
    assert NOINDEX not in page


def test_a_place_to_begin_has_its_alternates(get, event):
    assert alternates(get("/events?city=leipzig"))["de"] == "/events?city=Leipzig&lang=de"


@pytest.mark.parametrize(
    "path", ["/events?q=blur", "/events?from=2020-01-01", "/events?to=2099-01-01&category=concert"]
)
def test_what_somebody_looked_for_is_not_listed(get, event, path):
    page = get(path)
    assert "Blur" in page
    assert NOINDEX in page
    assert canonical(page) is None


def test_a_search_that_finds_nothing_is_not_listed(get, event):
    assert NOINDEX in get("/events?city=Nowhere")
    assert NOINDEX not in get("/events?city=Leipzig")


def test_further_pages_are_not_listed(get, event, offer):
    for _ in range(21):
        offer()
    page = get(f"/events/{event.slug}")
    [further] = re.findall(rf'href="(/events/{event.slug}\?after=[^"]*)"', page)
    assert NOINDEX not in page
    assert NOINDEX in get(further)
    cursor = "c29vbmVzdCAxIDE"  # soonest, long ago
    assert NOINDEX in get(f"/events?after={cursor}")


def test_an_offer_is_a_part_of_its_event(get, event, listing):
    page = get(f"/listings/{listing.id}?quantity=1")
    assert canonical(page) == f"/events/{event.slug}"
    assert properties(page)["og:url"] == f"{SITE}/listings/{listing.id}"


def test_an_event_that_is_over_is_not_listed_and_one_that_is_cancelled_is(db, get, event, later):
    event.status = EventStatus.CANCELLED
    db.session.commit()
    assert NOINDEX not in get(f"/events/{event.slug}")
    later(days=31)
    assert NOINDEX in get(f"/events/{event.slug}")


def test_refusals_and_answers_to_forms_are_not_listed(app, get, event):
    for page in (get("/nowhere"), get("/events/nothing"), get("/listings/99")):
        assert NOINDEX in page
        assert canonical(page) is None
    refused = app.test_client().post("/signin", data={"email": "x", "password": "x"}).text
    assert "<title>" in refused
    assert NOINDEX in refused
    assert canonical(refused) is None


def test_pages_of_signed_in_people_are_not_listed(app, buyer, listing):
    browser = sign_in_as(app, buyer)
    for path in ("/account", "/orders", "/selling", "/sell"):
        page = browser.get(path).text
        assert NOINDEX in page, path
        assert canonical(page) is None
        assert "og:" not in page
    assert NOINDEX not in browser.get("/").text


# Titles and descriptions


@pytest.mark.parametrize("language", ["en", "de"])
def test_pages_have_titles_and_descriptions_of_their_own(get, event, listing, language):
    paths = ["/", "/events", "/events?category=concert", "/events?city=Leipzig", "/signin"]
    paths += ["/signup", "/forgotten-password", f"/events/{event.slug}"]
    paths += ["/imprint", "/privacy", "/terms", "/fees", "/ranking", "/accessibility"]
    pages = [get(f"{path}{'&' if '?' in path else '?'}lang={language}") for path in paths]
    titles = {title(page) for page in pages}
    descriptions = {properties(page)["description"] for page in pages}
    assert len(titles) == len(paths)
    # A kind of events says no more about itself than all of them do.
    assert len(descriptions) == len(paths) - 1
    for text in titles | descriptions:
        assert text == " ".join(text.split())
        assert len(text) <= 160


def test_two_evenings_of_a_band_are_told_apart(db, get, event):
    first = title(get(f"/events/{event.slug}"))
    event.starts_at += timedelta(days=1)
    db.session.commit()
    assert "Blur, Leipzig" in first
    assert title(get(f"/events/{event.slug}")) != first


# Link previews


def test_an_event_is_previewed_with_its_picture(app, get, event):
    said = properties(get(f"/events/{event.slug}?quantity=2&lang=de"))
    assert said["og:title"].startswith("Blur, Leipzig")
    assert said["og:description"] == said["description"]
    assert said["og:url"] == f"{SITE}/events/{event.slug}?lang=de"
    assert (said["og:type"], said["og:site_name"]) == ("website", "ticketbay")
    assert (said["og:locale"], said["og:locale:alternate"]) == ("de_DE", "en_GB")
    assert said["twitter:card"] == "summary_large_image"
    picture = said["og:image"]
    assert picture.startswith(f"{SITE}/events/{event.slug}/poster.png?")
    answer = app.test_client().get(picture.removeprefix(SITE))
    assert (answer.mimetype, answer.cache_control.immutable) == ("image/png", True)


def test_other_pages_are_previewed_with_the_picture_of_the_site(app, get):
    for language in ("en", "de"):
        picture = properties(get(f"/?lang={language}"))["og:image"]
        assert f"/static/img/preview-{language}.png" in picture
        assert app.test_client().get(picture.removeprefix(SITE)).mimetype == "image/png"


def test_a_title_stays_within_its_attribute(db, get, event):
    event.title = 'Blur" onload="x <b>&amp;'
    db.session.commit()
    page = get(f"/events/{event.slug}")
    assert properties(page)["og:title"].startswith(event.title)
    assert "<b>" not in page


def test_fragments_and_polls_say_nothing_of_it(get, event, listing):
    fragment = get(f"/events/{event.slug}", headers={"HX-Request": "true"})
    assert "og:" not in fragment
    assert "ld+json" not in fragment
