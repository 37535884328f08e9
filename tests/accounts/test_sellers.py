"""Whether somebody sells privately or as a trade: they say it once, and buyers see it."""

import pytest
from sqlalchemy import delete, func, select

from app.accounts import seller_statements, vat_ids
from app.accounts.models import SellerStatement
from app.db import transaction
from app.listings.models import Listing
from app.orders import reservation

pytestmark = pytest.mark.thorough

BUSINESS = {
    "business_name": "Test Tickets GmbH",
    "address": "Test Street 1\n04109 Leipzig\nGermany",
    "email": "trade@example.org",
    "phone": "+49 341 123456",
    "vat_id": "de 123 456 789",
    "register": "Amtsgericht Leipzig, HRB 1",
}
ENTRIES = BUSINESS | {"complies": "y"}
TICKETS = {"price": "45,50", "seats": "4-5", "split_rule": "any", "handover_method": "pdf"}


@pytest.fixture
def newcomer(person, db):
    """Somebody who has said nothing yet."""
    somebody = person("newcomer")
    db.session.execute(delete(SellerStatement).where(SellerStatement.user_id == somebody.id))
    db.session.commit()
    return somebody


@pytest.fixture
def sell_as_trade(db):
    def state(user, **changes):
        with transaction():
            business = seller_statements.Business(**BUSINESS | changes)
            seller_statements.sell_as_trade(user.id, business)

    return state


def statements(db, user):
    db.session.rollback()
    found = select(SellerStatement).where(SellerStatement.user_id == user.id)
    return db.session.scalars(found.order_by(SellerStatement.id)).all()


# On the account


def test_a_newcomer_has_said_nothing_and_says_it(as_user, newcomer, db):
    client = as_user(newcomer)
    assert "You have not said yet" in client.get("/account").text
    assert client.post("/account/seller/private").location == "/account"
    assert "You sell privately." in client.get("/account").text
    assert [one.kind for one in statements(db, newcomer)] == ["private"]


def test_a_trade_enters_its_business(as_user, newcomer, db):
    client = as_user(newcomer)
    assert 'value="newcomer@example.org"' in client.get("/account/seller").text
    assert client.post("/account/seller/trade", data=ENTRIES).location == "/account"
    assert "You sell as a trade: Test Tickets GmbH." in client.get("/account").text
    [stated] = statements(db, newcomer)
    assert (stated.vat_id, stated.is_trade) == ("DE123456789", True)
    again = client.get("/account/seller").text
    assert 'value="Test Tickets GmbH"' in again
    assert "Test Street 1\n04109 Leipzig" in again.replace("\r", "")


def test_afterwards_one_is_back_where_one_was(as_user, newcomer):
    client = as_user(newcomer)
    page = client.get("/account/seller?next=/sell?new=yes").text
    assert page.count('name="next" value="/sell?new=yes"') == 2
    back = {"next": "/sell?new=yes"}
    assert client.post("/account/seller/private", data=back).location == "/sell?new=yes"
    assert client.post("/account/seller/trade", data=ENTRIES | back).location == "/sell?new=yes"
    evil = {"next": "https://evil.example"}
    assert client.post("/account/seller/private", data=evil).location == "/account"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("business_name", "", "Enter the name of the business."),
        ("business_name", "\u200b", "Enter the name of the business."),
        ("business_name", "x" * 121, "at most 120"),
        ("address", " \n ", "Enter street, town and country."),
        ("address", "x" * 301, "at most 300"),
        ("email", "nobody", "Enter an email address"),
        ("phone", "call me", "Enter a phone number"),
        ("phone", "12", "Enter a phone number"),
        ("vat_id", "DE12345678", "Enter a VAT number"),
        ("vat_id", "none", "Enter a VAT number"),
        ("register", "x" * 121, "at most 120"),
        ("complies", None, "Confirm this to sell as a trade."),
    ],
)
def test_what_is_wrong_stands_next_to_the_field(as_user, newcomer, db, field, value, words):
    answer = as_user(newcomer).post("/account/seller/trade", data=ENTRIES | {field: value})
    assert answer.status_code == 422
    error = answer.text.partition(f'id="{field}-error"')[2].partition("</p>")[0]
    assert words in error
    assert not statements(db, newcomer)


def test_what_nobody_sees_is_not_kept(as_user, newcomer, db):
    unseen = {"business_name": "Test\0 Tickets\u202e", "address": "Street\0 1\r\n\r\n Leipzig "}
    as_user(newcomer).post("/account/seller/trade", data=ENTRIES | unseen)
    [stated] = statements(db, newcomer)
    assert (stated.business_name, stated.address) == ("Test Tickets", "Street 1\nLeipzig")


def test_saying_the_same_again_is_no_change(as_user, newcomer, db):
    client = as_user(newcomer)
    for _ in range(2):
        client.post("/account/seller/trade", data=ENTRIES)
    assert len(statements(db, newcomer)) == 1
    client.post("/account/seller/trade", data=ENTRIES | {"phone": "+49 341 999999"})
    client.post("/account/seller/private")
    assert [one.kind for one in statements(db, newcomer)] == ["trade", "trade", "private"]


@pytest.mark.parametrize("address", ["/account/seller/private", "/account/seller/trade"])
def test_the_signed_out_say_nothing(app, db, address):
    answer = app.test_client().post(address, data=ENTRIES)
    assert (answer.status_code, answer.location) == (303, "/signin?next=/account/seller")
    assert db.session.scalar(select(func.count()).select_from(SellerStatement)) == 0


def test_nobody_speaks_for_somebody_else(as_user, newcomer, stranger, db):
    as_user(stranger).post("/account/seller/trade", data=ENTRIES | {"user_id": newcomer.id})
    assert not statements(db, newcomer)


def test_without_a_token_nothing_is_said(app, as_user, newcomer, db):
    app.config["WTF_CSRF_ENABLED"] = True
    client = as_user(newcomer)
    assert client.post("/account/seller/private").status_code == 400
    assert client.post("/account/seller/trade", data=ENTRIES).status_code == 400
    assert not statements(db, newcomer)


# Before the first offer


def test_who_offers_for_the_first_time_is_asked_once(as_user, newcomer, event, db):
    client = as_user(newcomer)
    form = f"/sell?event={event.slug}"
    assert "I sell privately" in client.get(form).text

    answer = client.post("/sell", data=TICKETS | {"event": event.slug})
    assert answer.status_code == 422
    assert "Tick this" in answer.text.partition('id="sells_privately-error"')[2][:200]
    assert db.session.scalar(select(func.count()).select_from(Listing)) == 0
    assert not statements(db, newcomer)

    said = TICKETS | {"event": event.slug, "sells_privately": "y"}
    assert client.post("/sell", data=said).status_code == 303
    assert [one.kind for one in statements(db, newcomer)] == ["private"]
    assert "I sell privately" not in client.get(form).text
    more = TICKETS | {"event": event.slug, "seats": "9"}
    assert client.post("/sell", data=more).status_code == 303


def test_an_offer_that_cannot_be_says_nothing_about_its_seller(as_user, newcomer, event, db):
    wrong = {"event": event.slug, "sells_privately": "y", "price": "0,10"}
    answer = as_user(newcomer).post("/sell", data=TICKETS | wrong)
    assert answer.status_code == 422
    assert "checked" in answer.text.partition('name="sells_privately"')[0][-200:]
    assert not statements(db, newcomer)


def test_a_trade_is_not_asked(as_user, newcomer, sell_as_trade, event, db):
    sell_as_trade(newcomer)
    client = as_user(newcomer)
    assert "I sell privately" not in client.get(f"/sell?event={event.slug}").text
    said = TICKETS | {"event": event.slug, "sells_privately": "y"}
    assert client.post("/sell", data=said).status_code == 303
    assert [one.kind for one in statements(db, newcomer)] == ["trade"]


def test_the_way_to_the_business_comes_back_to_the_form(as_user, newcomer, event):
    client = as_user(newcomer)
    page = client.get(f"/sell?event={event.slug}").text
    assert f'href="/account/seller?next=/sell?event%3D{event.slug}"' in page
    assert 'href="/account/seller?next=/sell?new%3Dyes"' in client.get("/sell?new=yes").text


# What buyers see


def test_buyers_see_that_a_seller_is_private(app, listing):
    page = app.test_client().get(f"/listings/{listing.id}").text
    assert "Seller sells privately." in page
    assert "contracts between consumers and traders do not apply" in page


def test_buyers_see_which_trade_it_is(app, listing, seller, sell_as_trade):
    sell_as_trade(seller)
    page = app.test_client().get(f"/listings/{listing.id}").text
    assert "sells privately" not in page
    for detail in (
        "Test Tickets GmbH",
        "Test Street 1, 04109 Leipzig, Germany",
        "trade@example.org",
        "+49 341 123456",
        "DE123456789",
        "Amtsgericht Leipzig, HRB 1",
    ):
        assert detail in page


def test_buyers_see_that_nothing_was_said(app, newcomer, offer):
    page = app.test_client().get(f"/listings/{offer(seller=newcomer).id}").text
    assert "has not said whether" in page


def test_an_order_shows_what_was_said_when_it_was_reserved(
    as_user, buyer, listing, seller, sell_as_trade, later
):
    sell_as_trade(seller)
    with transaction():
        order = reservation.reserve(listing.id, buyer.id, 1, version=1)
    later(minutes=1)
    sell_as_trade(seller, business_name="Another GmbH")
    with transaction():
        seller_statements.sell_privately(seller.id)

    page = as_user(buyer).get(f"/orders/{order.public_id}").text
    assert "Test Tickets GmbH" in page
    assert "Another GmbH" not in page
    assert "sells privately" not in page
    assert "Seller sells privately." in as_user(buyer).get(f"/listings/{listing.id}").text


def test_what_the_organiser_charged_is_said_or_that_it_was_not(app, offer):
    said, unsaid = offer(face_value_cents=4000), offer()
    assert "€40.00" in app.test_client().get(f"/listings/{said.id}").text
    assert "not stated by the seller" in app.test_client().get(f"/listings/{unsaid.id}").text


def test_the_terms_are_named_where_one_orders(as_user, buyer, listing):
    with transaction():
        order = reservation.reserve(listing.id, buyer.id, 1, version=1)
    page = as_user(buyer).get(f"/orders/{order.public_id}").text
    before_the_button = page.partition("Buy now and pay")[0]
    for address in ("/terms", "/privacy", "/terms#withdrawal"):
        assert f'<a href="{address}">' in before_the_button


# VAT numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("DE123456789", "DE123456789"),
        (" de 123-456.789 ", "DE123456789"),
        ("ATU12345678", "ATU12345678"),
        ("NL123456789B01", "NL123456789B01"),
        ("ESX1234567X", "ESX1234567X"),
        ("GR123456789", "EL123456789"),
        ("FRAB123456789", "FRAB123456789"),
        ("CHE-123.456.789 MWST", "CHE123456789MWST"),
        ("GB123456789", "GB123456789"),
    ],
)
def test_a_vat_number_has_one_spelling(text, number):
    assert vat_ids.folded(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123456789",
        "DE12345678",
        "DE1234567890",
        "DEA23456789",
        "AT12345678",
        "X1",
        "DE" + "\uff11" * 9,
    ],
)
def test_what_cannot_be_a_vat_number_is_none(text):
    assert vat_ids.folded(text) is None
