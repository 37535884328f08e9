"""The pages for finding and selling, to somebody who reads German."""

from datetime import timedelta

import pytest

from app import clock
from app.catalog.models import EventStatus
from app.db import transaction
from app.listings.models import SplitRule
from app.orders import reservation
from tests.support.languages import english_in, in_german
from tests.support.signing_in import sign_in_as

pytestmark = pytest.mark.thorough

HTMX = {"HX-Request": "true"}


@pytest.fixture
def visitor(app):
    return in_german(app.test_client())


@pytest.fixture
def german_seller(app, seller):
    return in_german(sign_in_as(app, seller))


@pytest.fixture
def offers(offer, buyer, event, db):
    """One of each kind: with every rule, reserved in part and in whole, below face value."""
    event.doors_at = event.starts_at - timedelta(hours=1)
    db.session.commit()
    made = [offer(4, split_rule=rule, section="G", row="12") for rule in SplitRule]
    made += [offer(1, face_value_cents=9000, section="H"), offer(1, face_value_cents=4725)]
    with transaction():
        reservation.reserve(made[0].id, buyer.id, 1, version=1)
        reservation.reserve(made[-1].id, buyer.id, 1, version=1)
    return made


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/", ["Demnächst", "Neu im Angebot", "ab 47,25\xa0€", "Konzert"]),
        (
            "/events?q=blur&city=leipzig&category=concert&from=2020-01-01&to=2090-12-31",
            ["1 Veranstaltung<", "„blur“", "Ab 1. Jan. 2020", "Nach Datum"],
        ),
        ("/events?q=nothing", ["Nichts gefunden", "Keine Veranstaltungen"]),
        (
            "/events/blur-leipzig?most=100",
            ["Block", "Reihe", "Plätze", "Paarweise", "zusammen", "Reserviert", "Einlass"],
        ),
        ("/events/blur-leipzig?quantity=8", ["Kein Angebot passt", "Deutschland"]),
        ("/events/blur-leipzig?after=999999-999999", ["Das war alles"]),
    ],
)
def test_finding_speaks_german(visitor, event, offers, address, words):
    page = visitor.get(address).text
    assert not english_in(page)
    assert [word for word in words if word not in page] == []


@pytest.mark.parametrize("status", [EventStatus.CANCELLED, EventStatus.POSTPONED])
def test_what_became_of_an_event_is_said_in_german(visitor, event, offers, db, status):
    event.status = status
    db.session.commit()
    page = visitor.get("/events/blur-leipzig").text
    assert not english_in(page)
    assert "Diese Veranstaltung" in page


def test_an_empty_site_speaks_german(visitor, event):
    assert not english_in(visitor.get("/events/blur-leipzig").text)
    event.starts_at = clock.now() - timedelta(days=1)
    assert not english_in(visitor.get("/").text)


@pytest.mark.parametrize(
    "address",
    ["/sell", "/sell?q=nothing", "/sell?event=blur-leipzig", "/sell?new=yes"],
)
def test_selling_speaks_german(german_seller, event, address):
    assert not english_in(german_seller.get(address).text)


def test_every_refusal_of_the_form_is_german(german_seller, event):
    nothing = german_seller.post("/sell", data={})
    assert nothing.status_code == 422
    assert not english_in(nothing.text)
    wrong = {"seats": "4 bis wohin 5", "quantity": "zwei", "price": "1.234", "section": "x" * 99}
    page = german_seller.post("/sell", data={"event": event.slug, **wrong}).text
    assert not english_in(page)
    assert "Gib eine ganze Zahl an" in page
    assert "Schreibe 1234 oder 1234,00" in page
    assert "Verwende höchstens 40 Zeichen" in page


def test_what_a_price_means_is_said_in_german(visitor):
    hint = visitor.get("/sell/price?price=45,50", headers=HTMX).text
    assert "Du bekommst <strong>45,50\xa0€</strong>" in hint
    checked = visitor.get("/sell/check/price?price=0,10", headers=HTMX).text
    assert "mindestens 0,50\xa0€" in checked


def test_editing_speaks_german(german_seller, listing, buyer):
    address = f"/listings/{listing.id}/edit"
    page = german_seller.get(address).text
    assert not english_in(page)
    assert 'value="45,00"' in page
    with transaction():
        reservation.reserve(listing.id, buyer.id, 1, version=1)
    held = german_seller.get(address).text
    assert "Ein Käufer hat Tickets dieses Angebots bis" in held
    assert not english_in(held)


def test_what_was_changed_is_said_in_german(german_seller, listing):
    address = f"/listings/{listing.id}/edit"
    form = {"version": 1, "price": "50,00", "seats": "1-2", "handover_method": "pdf"}
    german_seller.post(address, data={**form, "split_rule": "any", "stock": "1,2"})
    assert "Deine Änderungen sind gespeichert." in german_seller.get("/").text
    german_seller.post(f"/listings/{listing.id}/withdrawal", data={"version": 2})
    page = german_seller.get(address).text
    assert "Du hast dieses Angebot zurückgezogen" in page
    assert not english_in(page)


def test_what_an_amount_is_filled_in_as_is_read_again(visitor, german_seller, event, listing):
    assert 'value="45,50"' in visitor.get("/events/blur-leipzig?most=45.50").text
    assert "/events/blur-leipzig?most=45.50" in visitor.get("/events/blur-leipzig?most=45,50").text
    form = {"price": "45,50", "face_value": "60", "seats": "", "event": event.slug}
    assert 'value="45,50"' in german_seller.post("/sell", data=form).text


def test_each_language_has_its_own_forms_and_constants(app, event):
    german, english = in_german(app.test_client()), app.test_client()
    for browser, words in ((german, "Nach Datum"), (english, "Soonest first")) * 2:
        assert words in browser.get("/events").text


def test_a_poll_in_the_other_language_is_no_news_to_it(app, event, listing):
    german, english = in_german(app.test_client()), app.test_client()
    known = {"If-None-Match": german.get("/events/blur-leipzig", headers=HTMX).headers["ETag"]}
    assert german.get("/events/blur-leipzig", headers=HTMX | known).status_code == 304
    assert english.get("/events/blur-leipzig", headers=HTMX | known).status_code == 200


def test_english_in_a_german_page_is_found(app, event, listing):
    assert "Coming up" in english_in(app.test_client().get("/").text)
    assert english_in("<p>You have offered seats 4 for this event already.</p>")
    assert english_in('<a href="#" aria-label="Skip to content"></a>')
    assert not english_in('<button lang="en">Skip to content</button>')
