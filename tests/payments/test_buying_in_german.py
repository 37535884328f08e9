"""A whole purchase in German: what the buyer reads on the way, and what Stripe is told."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.orders import expiry
from app.payments.models import CheckoutAttempt
from tests.support.languages import in_german

BUTTON = re.compile(r"<button[^>]*>\s*(.*?)\s*</button>", re.DOTALL)


@pytest.fixture
def german(as_user, buyer) -> FlaskClient:
    """The buyer's browser, which asks for German."""
    return in_german(as_user(buyer))


def reserve(client, listing, quantity=2):
    """The answer. Its location is the page of the order."""
    data = {"quantity": quantity, "version": listing.version}
    return client.post(f"/listings/{listing.id}/reservations", data=data)


def test_from_the_offer_to_the_paid_ticket(german, listing, stripe):
    assert "47,25\xa0€" in german.get(f"/listings/{listing.id}").text
    refused = reserve(german, listing, quantity=0)
    assert (refused.status_code, "Wähle zwischen 1 und 2 Tickets." in refused.text) == (422, True)

    order = reserve(german, listing).location
    page = german.get(order).text
    for words in ("für dich reserviert", "Zeit zum Bezahlen", "94,50\xa0€", "2 Tickets zu je"):
        assert words in page

    german.post(f"{order}/checkout")
    (session_id,) = stripe.objects("checkout.session")
    stripe.pay(session_id)
    german.get(f"{order}/return")
    paid = german.get(order).text
    assert "Bezahlt. Die Tickets gehören dir." in paid
    assert "Du hast die Tickets reserviert." in paid

    late = german.post(f"{order}/cancellation")
    assert (late.status_code, "lässt sich nicht mehr stornieren" in late.text) == (409, True)
    assert "Bevorstehend" in german.get("/orders").text


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Buy now and pay"), ("de", "Zahlungspflichtig bestellen")]
)
def test_nothing_but_the_duty_to_pay_stands_on_the_button(german, listing, stripe, language, words):
    order = reserve(german, listing).location
    form = german.get(f"{order}?lang={language}").text.partition(f"{order}/checkout")[2]
    assert BUTTON.search(form)[1] == words


def test_a_reservation_that_ran_out_says_so(german, listing, stripe, later):
    order = reserve(german, listing).location
    later(minutes=16)
    late = german.post(f"{order}/checkout")
    assert (late.status_code, "Bitte reserviere noch einmal." in late.text) == (409, True)
    expiry.end_overdue()
    ended = german.get(order).text
    assert "Die Zeit zum Bezahlen ist abgelaufen." in ended
    assert '<span class="stamp cancelled">Storniert</span>' in ended


def test_somebody_who_was_faster(german, as_user, rival, listing, stripe):
    reserve(as_user(rival), listing)
    late = reserve(german, listing)
    assert (late.status_code, "Jemand war schneller." in late.text) == (409, True)


def test_while_stripe_is_away(german, listing, stripe):
    order = reserve(german, listing).location
    stripe.fail("500", path="/v1/checkout/sessions")
    answer = german.post(f"{order}/checkout")
    assert (answer.status_code, "Es wurde nichts abgebucht." in answer.text) == (503, True)


def test_another_language_changes_nothing_for_a_payment_that_has_begun(german, listing, stripe, db):
    """Stripe refuses other parameters under the same key."""
    order = reserve(german, listing).location
    german.post(f"{order}/checkout")
    # As if its answer had been lost: Stripe has the page, and we do not know it.
    db.session.rollback()
    attempt = db.session.scalars(select(CheckoutAttempt)).one()
    attempt.session_id = attempt.url = None
    db.session.commit()

    again = german.post(f"{order}/checkout?lang=en")
    (session,) = stripe.objects("checkout.session").values()
    assert (again.location, session["locale"]) == (session["url"], "de")
