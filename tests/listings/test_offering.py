"""Tickets are put on sale, and taken off it."""

import pytest
from sqlalchemy import delete
from werkzeug.exceptions import NotFound

from app.accounts.models import SellerStatement
from app.catalog.models import EventStatus
from app.db import transaction
from app.errors import Conflict, Invalid
from app.listings import offering
from app.listings.holds import TicketsHeld
from app.listings.models import Listing, ListingStatus, SplitRule
from app.outbox.models import Message


def test_nobody_sells_who_has_not_said_whether_it_is_a_trade(db, person, event):
    newcomer = person("newcomer")
    db.session.execute(delete(SellerStatement).filter_by(user_id=newcomer.id))
    db.session.commit()
    with pytest.raises(Invalid) as refusal, transaction():
        offering.publish(
            seller_id=newcomer.id, event_id=event.id, price_cents=4500, seats=["4", "5"]
        )
    assert refusal.value.field == "sells_privately"


def test_a_published_offer_is_on_sale_and_told(db, publish):
    listing = publish(section=" G ", row="12", notes="", face_value_cents=5000)

    assert (listing.status, listing.version, listing.currency) == ("active", 1, "EUR")
    assert (listing.section, listing.row, listing.notes) == ("G", "12", None)
    assert [ticket.seat for ticket in listing.available] == ["4", "5"]
    message = db.session.scalars(db.select(Message)).one()
    assert (message.type, message.subject) == ("listing.published", f"listings/{listing.id}")
    assert message.data == {
        "listing_id": listing.id,
        "event_id": listing.event_id,
        "price_cents": 4500,
        "currency": "EUR",
        "quantity": 2,
        "listing_version": 1,
    }


def test_tickets_without_seats_are_counted(publish):
    assert [ticket.seat for ticket in publish(seats=None, quantity=3).available] == [None] * 3


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"price_cents": 0}, "price"),
        ({"price_cents": -4500}, "price"),
        ({"price_cents": 47}, "price"),  # 49 cents with the fee: Stripe wants 50
        ({"price_cents": 11_904_762}, "price"),  # eight of them are more than Stripe takes
        ({"face_value_cents": 0}, "face_value"),
        ({"seats": None}, "quantity"),
        ({"seats": None, "quantity": 51}, "quantity"),
        ({"seats": None, "quantity": -1}, "quantity"),
        ({"seats": ["4", "4 "]}, "seats"),
        ({"seats": ["x" * 13]}, "seats"),
        ({"seats": ["4", "5"], "quantity": 3}, "quantity"),
        ({"seats": None, "quantity": 9, "split_rule": SplitRule.TOGETHER}, "split_rule"),
        ({"split_rule": "whatever"}, "split_rule"),
        ({"handover_method": "by pigeon"}, "handover_method"),
        ({"section": "x" * 41}, "section"),
        ({"notes": "x" * 501}, "notes"),
    ],
)
def test_what_cannot_be_sold_is_not_published(db, publish, terms, field):
    with pytest.raises(Invalid) as refusal:
        publish(**terms)

    assert refusal.value.field == field
    assert not db.session.scalars(db.select(Listing)).all()


@pytest.mark.parametrize("price_cents", [48, 11_904_761])
def test_the_least_and_the_most_that_stripe_takes_are_published(publish, price_cents):
    assert publish(price_cents=price_cents).price_cents == price_cents


def test_nobody_lists_for_an_event_that_has_begun(publish, later):
    later(days=31)
    with pytest.raises(Conflict, match="begun"):
        publish()


def test_nobody_lists_for_a_cancelled_event(publish, event):
    with transaction():
        event.status = EventStatus.CANCELLED
    with pytest.raises(Conflict, match="cancelled"):
        publish()


def test_a_withdrawn_offer_is_off_the_market(db, withdraw, listing):
    withdraw()
    assert (listing.status, listing.version) == (ListingStatus.WITHDRAWN, 2)
    assert db.session.scalars(db.select(Message.type)).all() == ["listing.withdrawn"]


def test_withdrawing_twice_is_withdrawing_once(withdraw, listing):
    withdraw()
    withdraw()
    assert listing.version == 2


def test_nobody_withdraws_while_a_buyer_pays(withdraw, reserve):
    reserve()
    with pytest.raises(TicketsHeld):
        withdraw(version=0)


def test_a_stale_withdrawal_is_refused(withdraw, edit):
    edit(price_cents=3900)
    with pytest.raises(Conflict, match="changed meanwhile"):
        withdraw()


def test_for_a_stranger_the_offer_does_not_exist(withdraw, edit, stranger):
    with pytest.raises(NotFound):
        edit(by=stranger, price_cents=1)
    with pytest.raises(NotFound):
        withdraw(by=stranger)
