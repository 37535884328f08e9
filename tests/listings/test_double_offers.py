"""No seat is offered twice by its seller."""

import pytest

from app.db import transaction
from app.errors import Invalid
from app.listings import inventory, offering
from app.listings.double_offers import SeatsOfferedAlready
from app.listings.models import ListingStatus, SplitRule


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"seats": ["5", "6"]},
        {"section": " g", "row": "1 2"},
        {"price_cents": 9900, "split_rule": SplitRule.TOGETHER},
    ],
)
def test_a_seat_is_not_offered_twice(publish, again):
    publish(section="G", row="12")
    with pytest.raises(SeatsOfferedAlready, match=r"seats? .*5 for") as refusal:
        publish(**{"section": "G", "row": "12"} | again)
    assert (refusal.value.field, refusal.value.status) == ("seats", 409)


def test_the_spelling_of_a_seat_makes_no_second_one(publish):
    publish(section="G", seats=["B 4"])
    with pytest.raises(SeatsOfferedAlready):
        publish(section="G", seats=["b4"])
    with pytest.raises(Invalid, match="once"):
        publish(seats=["C4", "c 4"])


@pytest.mark.parametrize(
    "other",
    [{"seats": ["6"]}, {"row": "13"}, {"section": None}, {"seats": None, "quantity": 2}],
)
def test_another_seat_can_be_offered_beside(publish, other):
    publish(section="G", row="12")
    publish(**{"section": "G", "row": "12"} | other)


def test_tickets_without_seats_can_be_offered_again(publish):
    publish(seats=None, quantity=2)
    publish(seats=None, quantity=2)


def test_a_seat_without_section_and_row_may_be_in_another_block(publish):
    publish()
    publish()


def test_two_sellers_may_say_the_same_seat(publish, stranger, event):
    publish()
    with transaction():
        offering.publish(seller_id=stranger.id, event_id=event.id, price_cents=4500, seats=["4"])


def test_a_withdrawn_seat_can_be_offered_again(publish, withdraw):
    withdraw()
    publish(seats=["1", "2"])


@pytest.mark.parametrize("becomes", ["held", "sold"])
def test_a_seat_that_a_buyer_has_is_not_offered_again(publish, reserve, becomes, listing):
    with transaction():
        listing.section = "G"
    order = reserve(quantity=1)
    if becomes == "sold":
        with transaction():
            inventory.sell(order.id)
            listing.status = ListingStatus.WITHDRAWN
    with pytest.raises(SeatsOfferedAlready, match="seat 1 "):
        publish(section="G", seats=["1"])


def test_a_seat_whose_buyer_got_the_money_back_can_be_offered_again(publish, reserve, withdraw):
    order = reserve(quantity=1)
    with transaction():
        inventory.sell(order.id)
        inventory.void(order.id)
    withdraw()
    publish(seats=["1", "2"])


def test_an_edit_adds_no_seat_of_another_offer(publish, edit, listing):
    publish(section="G", seats=["3"])
    with pytest.raises(SeatsOfferedAlready, match="seat 3 "):
        edit(section="G", seats=["1", "2", "3"])
    assert (listing.version, [ticket.seat for ticket in listing.available]) == (1, ["1", "2"])
    edit(section="G", seats=["1", "2", "4"])


def test_seats_that_two_offers_have_always_had_are_no_reason_to_refuse_a_price(edit, offer):
    offer()
    assert edit(price_cents=3900).price_cents == 3900


def test_an_edit_moves_no_seat_to_the_place_of_another_offer(publish, edit):
    publish(seats=["1"], section="G")
    with pytest.raises(SeatsOfferedAlready):
        edit(section="g")
