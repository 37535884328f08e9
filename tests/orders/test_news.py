"""What asks for itself again and again, on the pages of an event, a listing and an order."""

import html
import json
import re

import pytest
from flask import template_rendered

from app.db import transaction
from app.listings import editing
from app.listings.models import Listing

pytestmark = pytest.mark.thorough

HTMX = {"HX-Request": "true"}


@pytest.fixture(params=["event", "listing", "order"])
def address(request, event, listing, reserve):
    order = reserve(1)
    return {
        "event": f"/events/{event.slug}",
        "listing": f"/listings/{listing.id}",
        "order": f"/orders/{order.public_id}",
    }[request.param]


@pytest.fixture
def client(as_user, buyer):
    return as_user(buyer)


@pytest.fixture
def rendered(app):
    """The templates rendered since."""
    names: list[str | None] = []

    def note(_app, template, **_rest):
        names.append(template.name)

    with template_rendered.connected_to(note, app):
        yield names


def question(answer):
    """The headers with which the fragment in this answer asks again."""
    attribute = re.search(r"hx-headers='([^']+)'", answer.text.partition("<main")[2] or answer.text)
    return HTMX | json.loads(html.unescape(attribute[1]))


def test_who_sees_what_is_so_gets_no_answer_and_nothing_is_rendered(client, address, rendered):
    for first in (client.get(address), client.get(address, headers=HTMX)):
        rendered.clear()
        again = client.get(address, headers=question(first) | {"Accept-Encoding": "gzip"})
        assert (again.status_code, again.data) == (304, b"")
        assert rendered == []


def test_fragments_are_kept_nowhere_and_depend_on_who_asks(app, client, address):
    for somebody in (client, app.test_client()):
        answer = somebody.get(address, headers=HTMX)
        if answer.status_code == 204:
            continue  # an order is for its buyer
        assert answer.headers["Cache-Control"] == "no-store"
        assert {"Cookie", "Accept-Language", "HX-Request"} <= set(answer.vary)


def test_a_page_is_never_taken_for_its_fragment(client, address):
    version = question(client.get(address))["If-None-Match"]
    page = client.get(address, headers={"If-None-Match": version})
    assert page.status_code == 200
    assert "<!doctype html>" in page.text
    assert "ETag" not in page.headers


def test_in_another_language_it_is_news(client, address):
    asked = question(client.get(address, headers=HTMX))
    german = client.get(address, headers=asked | {"Accept-Language": "de"})
    assert german.status_code == 200
    assert client.get(address, headers=question(german)).status_code == 200
    assert question(german) != asked


@pytest.mark.parametrize("address", ["event", "listing"], indirect=True)
def test_what_one_visitor_knows_is_news_to_another(app, as_user, client, seller, rival, address):
    asked = question(client.get(address, headers=HTMX))
    for other in (as_user(seller), as_user(rival), app.test_client()):
        assert other.get(address, headers=asked).status_code == 200


def test_what_time_does_is_news(client, address, later):
    asked = question(client.get(address, headers=HTMX))
    later(minutes=15, seconds=1)
    assert client.get(address, headers=asked).status_code == 200


def test_what_others_do_is_news(as_user, client, rival, listing, reserve):
    address = f"/listings/{listing.id}"
    asked = question(client.get(address))
    reserve(1, by=rival)
    assert "1</strong> <small>ticket left" in client.get(address, headers=asked).text


def test_only_looking_is_answered_with_nothing(client, listing, reserve):
    reserve(2)
    asked = question(client.get(f"/listings/{listing.id}", headers=HTMX))
    sent = client.post(
        f"/listings/{listing.id}/reservations", data={"quantity": 1, "version": 1}, headers=asked
    )
    assert sent.status_code == 409


def test_a_change_of_the_offer_is_said_to_who_has_seen_it_before(app, db, seller, listing):
    client = app.test_client()
    news = re.search(r'hx-get="([^"]+)"', client.get(f"/listings/{listing.id}?quantity=2").text)[1]
    news = html.unescape(news)
    assert "has just changed" not in client.get(news, headers=HTMX).text

    terms = {"price_cents": 6000, "seats": ["1", "2"]}
    with transaction():
        editing.edit(listing.id, seller.id, 1, editing.stock_of(listing), **terms)
    db.session.expire_all()
    assert db.session.get(Listing, listing.id).version == 2
    answer = client.get(news, headers=HTMX).text
    assert "The seller has just changed this offer. Please look again." in answer
    assert "€63.00" in answer
    assert '<option selected value="2">' in answer
    assert "has just changed" not in client.get(f"/listings/{listing.id}").text
