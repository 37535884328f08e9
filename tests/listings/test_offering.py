import pytest
from sqlalchemy import delete
from werkzeug.exceptions import NotFound

from app.accounts.models import SellerStatement
from app.catalog.models import EventStatus
from app.db import transaction
from app.errors import Conflict, Invalid
from app.listings import inventory, offering
from app.listings.models import Listing, ListingStatus, SplitRule, TicketStatus
from app.orders import reservation
from app.outbox.models import Message


@pytest.fixture
def publish(seller, event):
    def make(**terms):
        terms = {"price_cents": 4500, "seats": ["4", "5"]} | terms
        with transaction():
            return offering.publish(seller_id=seller.id, event_id=event.id, **terms)

    return make


@pytest.fixture
def edit(listing, seller):
    """Edits the listing as it was published; further arguments say what is new.

    The stock is what it is now, unless one says what was seen.
    """

    def make(version=1, by=None, stock=None, **terms):
        terms = {"price_cents": 4500, "seats": ["1", "2"]} | terms
        seen = offering.stock_of(listing) if stock is None else stock
        with transaction():
            return offering.edit(listing.id, (by or seller).id, version, seen, **terms)

    return make


@pytest.fixture
def describe(listing, seller):
    def make(version=1, by=None, **description):
        description = {
            "handover_method": "pdf",
            "notes": None,
            "handover_notes": None,
        } | description
        with transaction():
            return offering.describe(listing.id, (by or seller).id, version, **description)

    return make


@pytest.fixture
def withdraw(listing, seller):
    def make(version=1, by=None):
        with transaction():
            return offering.withdraw(listing.id, (by or seller).id, version)

    return make


@pytest.fixture
def reserve(listing, buyer):
    def make(quantity=1):
        with transaction():
            return reservation.reserve(listing.id, buyer.id, quantity, version=1)

    return make


def seats(listing, status=TicketStatus.AVAILABLE):
    return [ticket.seat for ticket in listing.tickets if ticket.status == status]


# Publishing


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
    assert seats(listing) == ["4", "5"]
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
    assert seats(publish(seats=None, quantity=3)) == [None, None, None]


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


# The same seat twice


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
    with pytest.raises(offering.SeatsOfferedAlready, match=r"seats? .*5 for") as refusal:
        publish(**{"section": "G", "row": "12"} | again)
    assert (refusal.value.field, refusal.value.status) == ("seats", 409)


def test_the_spelling_of_a_seat_makes_no_second_one(publish):
    publish(section="G", seats=["B 4"])
    with pytest.raises(offering.SeatsOfferedAlready):
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
    with pytest.raises(offering.SeatsOfferedAlready, match="seat 1 "):
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
    with pytest.raises(offering.SeatsOfferedAlready, match="seat 3 "):
        edit(section="G", seats=["1", "2", "3"])
    assert (listing.version, seats(listing)) == (1, ["1", "2"])
    edit(section="G", seats=["1", "2", "4"])


def test_seats_that_two_offers_have_always_had_are_no_reason_to_refuse_a_price(edit, offer):
    offer()
    assert edit(price_cents=3900).price_cents == 3900


def test_an_edit_moves_no_seat_to_the_place_of_another_offer(publish, edit):
    publish(seats=["1"], section="G")
    with pytest.raises(offering.SeatsOfferedAlready):
        edit(section="g")


# Editing


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
    with pytest.raises(offering.TicketsHeld, match=r"until \d\d:\d\d \(Berlin time\)"):
        edit(**{"seats": ["2"]} | terms)


def test_held_is_said_before_stale(edit, reserve):
    reserve()
    with pytest.raises(offering.TicketsHeld):
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
    with pytest.raises(offering.TicketsHeld, match="payment is being checked"):
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
    seen = offering.stock_of(listing)
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


# Withdrawing


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
    with pytest.raises(offering.TicketsHeld):
        withdraw(version=0)


def test_a_stale_withdrawal_is_refused(withdraw, edit):
    edit(price_cents=3900)
    with pytest.raises(Conflict, match="changed meanwhile"):
        withdraw()


def test_a_withdrawn_offer_is_not_edited(withdraw, edit):
    withdraw()
    with pytest.raises(Conflict, match="withdrawn"):
        edit(version=2, price_cents=9900)


def test_for_a_stranger_the_offer_does_not_exist(withdraw, edit, stranger):
    with pytest.raises(NotFound):
        edit(by=stranger, price_cents=1)
    with pytest.raises(NotFound):
        withdraw(by=stranger)


def test_a_hold_that_is_over_before_the_edit_is_no_obstacle(edit, reserve, listing):
    order = reserve()
    with transaction():
        inventory.release([order.id])
    edit(price_cents=9900)
    assert listing.price_cents == 9900
    assert not [t for t in listing.tickets if t.held_until or t.order_id]
