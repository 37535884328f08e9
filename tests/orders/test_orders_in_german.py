"""Orders and offers in every state, to a buyer and a seller who read German."""

import itertools

import pytest

from app.db import lock, transaction
from app.listings.models import ListingStatus
from app.orders import cancellation, fulfilment
from app.orders.models import Actor, Order, OrderStatus, TimelineEntry
from tests.support.languages import english_in, in_german

pytestmark = pytest.mark.thorough

CANCEL_REASONS = (
    *("expired", "buyer", "operator", "event_cancelled", "payment_failed", "payment_returned"),
    *("wrong_amount", "tickets_missing", "something else"),
)
NOTES = ("late_payment", "duplicate", "incident_accepted", "incident_refunded")


@pytest.fixture(autouse=True)
def names_that_are_no_words(db, seller, buyer):
    seller.display_name, buyer.display_name = "Selma", "Ben"
    db.session.commit()


def refund(order):
    fulfilment.complete(order)
    fulfilment.refund(order, actor=Actor.OPERATOR, reason="requested")


STATES = {
    "reserved": (lambda _order: None, "für dich reserviert"),
    "on its way": (fulfilment.payment_is_on_its_way, "Du musst nichts tun."),
    "unknown": (fulfilment.payment_is_unknown, "bezahle bis dahin nicht noch einmal"),
    "paid": (fulfilment.complete, "Bezahlt. Die Tickets gehören dir."),
    "refunded": (refund, "Dein Geld ist auf dem Weg zurück zu dir."),
    "cancelled": (
        lambda order: cancellation.cancel(order.id, actor=Actor.BUYER, reason="buyer"),
        "Du hast die Reservierung storniert. Es wurde nichts abgebucht.",
    ),
    "flagged": (lambda order: fulfilment.flag(order, "two payments"), "Der Betreiber prüft sie"),
}


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_told_to_buyer_and_seller(as_user, buyer, seller, reserve, state):
    change, words = STATES[state]
    order = reserve(2)
    with transaction():
        change(lock(Order, order.id))
    theirs, ours = in_german(as_user(buyer)), in_german(as_user(seller))
    page = theirs.get(f"/orders/{order.public_id}").text
    assert words in page
    for text in (page, theirs.get("/orders").text, ours.get("/selling").text):
        assert not english_in(text)
    for browser in (theirs, ours):
        assert not english_in(browser.get(f"/listings/{order.listing_id}").text)


@pytest.mark.parametrize("reason", CANCEL_REASONS)
def test_each_reason_why_an_order_ended_is_told(db, as_user, buyer, reserve, reason):
    order = reserve()
    order.status, order.cancel_reason = OrderStatus.CANCELLED, reason
    db.session.commit()
    assert not english_in(in_german(as_user(buyer)).get(f"/orders/{order.public_id}").text)


def test_each_step_of_the_timeline_is_told(db, as_user, buyer, reserve):
    order = reserve()
    moves = [*itertools.product(OrderStatus, repeat=2)]
    reasons = (None, "revived", "event_cancelled", "dispute", *NOTES)
    db.session.add_all(
        TimelineEntry(
            order_id=order.id, from_status=a, to_status=b, actor=Actor.CLOCK, reason=reason
        )
        for (a, b), reason in itertools.product(moves, reasons)
    )
    db.session.commit()
    assert not english_in(in_german(as_user(buyer)).get(f"/orders/{order.public_id}").text)


@pytest.mark.parametrize("status", ListingStatus)
def test_an_offer_is_told_whatever_became_of_it(db, app, offer, status):
    listing = offer(3, face_value_cents=9000, status=status, notes="Hinter der Säule")
    assert not english_in(in_german(app.test_client()).get(f"/listings/{listing.id}").text)


def test_empty_lists_are_told(as_user, stranger):
    browser = in_german(as_user(stranger))
    for path in ("/orders", "/selling"):
        assert not english_in(browser.get(path).text)
