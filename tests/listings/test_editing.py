"""What a seller may change of an offer, and when."""

import pytest

from app.db import transaction
from app.errors import Conflict, Invalid
from app.listings import editing, inventory
from app.listings.holds import TicketsHeld
from app.listings.models import SplitRule, TicketStatus
from app.outbox.models import Message


def seats(listing, status=TicketStatus.AVAILABLE):
    return [ticket.seat for ticket in listing.tickets if ticket.status == status]


def test_an_edit_changes_the_offer_and_counts_the_version(db, edit):
    listing = edit(price_cents=3900, seats=["2", "3", "9"], split_rule=SplitRule.PAIRS, notes="Hi")

    assert (listing.price_cents, listing.version, listing.notes) == (3900, 2, "Hi")
    assert sorted(seats(listing)) == ["2", "3", "9"]
    message = db.session.scalars(db.select(Message)).one()
    assert (message.type, message.data["listing_version"]) == ("listing.updated", 2)
    assert message.data["quantity"] == 3


def test_seats_that_are_taken_out_are_not_offered_and_may_come_back(edit, listing):
    edit(seats=["2"])
    assert inventory.available_count(listing.id) == 1
    edit(version=2, seats=["1", "2"])
    assert sorted(seats(listing)) == ["1", "2"]


def test_a_seat_whose_order_ran_out_can_be_taken_out(edit, reserve, listing):
    order = reserve()
    with transaction():
        inventory.release([order.id])

    assert seats(edit(seats=["7"])) == ["7"]


def test_a_stale_edit_is_refused_not_merged(edit, listing):
    edit(price_cents=3900)
    with pytest.raises(Conflict, match="changed meanwhile"):
        edit(price_cents=9900)

    assert listing.price_cents == 3900


@pytest.mark.parametrize(
    "terms",
    [
        {"price_cents": 9900},
        {"seats": ["3"]},
        {"seats": ["2", "3"]},
        {"split_rule": SplitRule.TOGETHER},
        {"section": "Z"},
        {"face_value_cents": 100},
    ],
)
def test_what_a_buyer_is_paying_for_does_not_change(edit, reserve, terms):
    reserve()
    with pytest.raises(TicketsHeld, match=r"until \d\d:\d\d \(Berlin time\)"):
        edit(**{"seats": ["2"]} | terms)


def test_held_is_said_before_stale(edit, reserve):
    reserve()
    with pytest.raises(TicketsHeld):
        edit(version=0, price_cents=9900)


def test_what_is_said_may_change_while_a_buyer_pays(describe, reserve, listing):
    reserve()
    assert describe(notes="Side entrance").notes == "Side entrance"
    assert (listing.handover_method, listing.version) == ("pdf", 2)
    assert (seats(listing), seats(listing, TicketStatus.HELD)) == (["2"], ["1"])
    with pytest.raises(Conflict, match="changed meanwhile"):
        describe(version=1)


def test_saying_something_while_a_buyer_paid_changes_no_ticket_that_came_back(
    describe, reserve, listing
):
    order = reserve()
    with transaction():
        inventory.release([order.id])
    describe(notes="Side entrance")
    assert seats(listing) == ["1", "2"]


def test_after_the_deadline_the_payment_is_being_checked(edit, reserve, later):
    reserve()
    later(minutes=16)
    with pytest.raises(TicketsHeld, match="payment is being checked"):
        edit(price_cents=9900)


def test_sold_tickets_never_change(edit, reserve, listing):
    order = reserve()
    with transaction():
        inventory.sell(order.id)

    listing = edit(seats=["8"], price_cents=9900)
    assert seats(listing, TicketStatus.SOLD) == ["1"]
    assert seats(listing) == ["8"]
    with pytest.raises(Invalid, match="Seat 1 is already sold"):
        edit(version=2, seats=["1"])


def test_an_offer_keeps_at_least_one_ticket(edit):
    with pytest.raises(Invalid, match="Withdraw"):
        edit(seats=None, quantity=0)


@pytest.mark.parametrize("terms", [{"seats": ["1", "2"]}, {"seats": None, "quantity": 2}])
def test_what_was_sold_since_the_seller_looked_is_not_offered_again(edit, reserve, listing, terms):
    seen = editing.stock_of(listing)
    order = reserve()
    with transaction():
        inventory.sell(order.id)

    with pytest.raises(Conflict, match="sold meanwhile"):
        edit(stock=seen, price_cents=3900, **terms)
    assert (seats(listing), listing.price_cents) == (["2"], 4500)


def test_what_is_said_of_a_sold_out_offer_may_change(describe, reserve):
    order = reserve(quantity=2)
    with transaction():
        inventory.sell(order.id)

    assert describe(handover_notes="By mail").handover_notes == "By mail"


def test_an_event_that_has_begun_is_not_edited(edit, later):
    later(days=31)
    with pytest.raises(Conflict, match="begun"):
        edit(notes="Late")


def test_a_withdrawn_offer_is_not_edited(withdraw, edit):
    withdraw()
    with pytest.raises(Conflict, match="withdrawn"):
        edit(version=2, price_cents=9900)


def test_a_hold_that_is_over_before_the_edit_is_no_obstacle(edit, reserve, listing):
    order = reserve()
    with transaction():
        inventory.release([order.id])
    edit(price_cents=9900)
    assert listing.price_cents == 9900
    assert not [t for t in listing.tickets if t.held_until or t.order_id]
