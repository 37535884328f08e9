"""What a seller, a payment and the clock do at the very moment somebody reserves or pays."""

import pytest
from sqlalchemy import select

from app.db import transaction
from app.listings import editing, inventory, offering
from app.listings.models import Listing, ListingStatus, Ticket, TicketStatus
from app.orders import cancellation, expiry, fulfilment, reservation
from app.orders.models import UNPAID, Actor, Order, OrderStatus, TimelineEntry


@pytest.fixture
def edit(db, seller):
    """The seller doubles the price of what they saw."""
    seller_id = seller.id

    def call(listing_id):
        with transaction():
            tickets = select(Ticket.id).filter_by(listing_id=listing_id).order_by(Ticket.id)
            seen = ",".join(str(ticket_id) for ticket_id in db.session.scalars(tickets))
            editing.edit(listing_id, seller_id, 1, seen, price_cents=9000, quantity=2)

    return call


@pytest.fixture
def withdraw(seller):
    seller_id = seller.id

    def call(listing_id):
        with transaction():
            offering.withdraw(listing_id, seller_id, 1)

    return call


@pytest.fixture
def bare(offer):
    """The ids of listings of two tickets without seat numbers."""

    def make(number=1):
        return [offer(tickets=2, section=None).id for _ in range(number)]

    return make


def tickets_held(db, listing_id):
    db.session.rollback()
    query = db.session.query(Ticket).filter_by(listing_id=listing_id, status=TicketStatus.HELD)
    return query.count()


# The seller against the buyer


@pytest.mark.parametrize("change", ["edit", "withdraw"])
def test_either_the_seller_changes_the_offer_or_the_buyer_gets_it(
    db, bare, person, reserve, at_once, slow, change, request
):
    sellers_change = request.getfixturevalue(change)
    for number, listing_id in enumerate(bare(8)):
        buyer_id = person(f"fan{number}").id
        calls = [
            lambda id=listing_id, fan=buyer_id: reserve(id, fan, 2),
            lambda id=listing_id: sellers_change(id),
        ]
        assert at_once(calls)["won"] == 1
        listing = db.session.get_one(Listing, listing_id)
        assert (tickets_held(db, listing_id) == 2) == (listing.version == 1)


@pytest.fixture
def seller_comes_while_the_buyer_reserves(bare, buyer, reserve, at_the_worst_moment, request):
    """The buyer has read the offer and is about to take it, then the seller comes."""

    def play(change):
        sellers_change = request.getfixturevalue(change)
        (listing_id,), buyer_id = bare(), buyer.id
        end = at_the_worst_moment(inventory, "take", lambda: sellers_change(listing_id))
        reserve(listing_id, buyer_id, 2)
        return listing_id, end()

    return play


@pytest.mark.parametrize("change", ["edit", "withdraw"])
def test_what_is_being_reserved_does_not_change(db, seller_comes_while_the_buyer_reserves, change):
    listing_id, seller_got = seller_comes_while_the_buyer_reserves(change)

    assert seller_got == "TicketsHeld"
    listing = db.session.get_one(Listing, listing_id)
    assert (listing.version, listing.status) == (1, ListingStatus.ACTIVE)
    assert tickets_held(db, listing_id) == 2


@pytest.mark.parametrize("change", ["edit", "withdraw"])
def test_control_without_the_lock_the_offer_changes_under_the_buyers_hands(
    db, seller_comes_while_the_buyer_reserves, without_locks, change
):
    listing_id, seller_got = seller_comes_while_the_buyer_reserves(change)

    assert seller_got == "won"
    assert db.session.get_one(Listing, listing_id).version == 2
    assert tickets_held(db, listing_id) == 2


@pytest.fixture
def buyer_comes_while_the_seller_withdraws(bare, buyer, reserve, withdraw, at_the_worst_moment):
    """The seller has seen that nothing is held and is about to withdraw, then the buyer comes."""

    def play():
        (listing_id,), buyer_id = bare(), buyer.id
        end = at_the_worst_moment(offering, "facts_of", lambda: reserve(listing_id, buyer_id, 2))
        withdraw(listing_id)
        return listing_id, end()

    return play


def test_what_is_being_withdrawn_is_not_reserved(db, buyer_comes_while_the_seller_withdraws):
    listing_id, buyer_got = buyer_comes_while_the_seller_withdraws()

    assert buyer_got == "OfferChanged"
    assert tickets_held(db, listing_id) == 0


# Payment against the clock


@pytest.fixture
def pay():
    """What settling does once Stripe said paid, for an order that has not ended."""

    def call(order_id):
        with transaction():
            order = fulfilment.lock(Order, order_id)
            if order.status in UNPAID:
                fulfilment.complete(order)

    return call


@pytest.fixture
def overdue(offer, person, later):
    """The ids of orders, each of a listing of its own, that nobody paid in time."""

    def make(number=1):
        ids = []
        for each in range(number):
            listing_id, buyer_id = offer(tickets=1).id, person(f"late{each}").id
            with transaction():
                ids.append(reservation.reserve(listing_id, buyer_id, 1, 1).id)
        later(hours=1)
        return ids

    return make


def whole(db, order_id):
    """Whether the order, its ticket and its timeline tell the same story."""
    db.session.rollback()
    order = db.session.get_one(Order, order_id)
    ticket = db.session.query(Ticket).filter_by(listing_id=order.listing_id).one()
    story = {
        OrderStatus.COMPLETED: (TicketStatus.SOLD, order_id),
        OrderStatus.CANCELLED: (TicketStatus.AVAILABLE, None),
    }
    return story.get(order.status) == (ticket.status, ticket.order_id) and [
        entry.to_status for entry in order.timeline
    ][1:] == [order.status]


def test_payment_or_expiry_but_never_both(db, overdue, pay, at_once):
    order_ids = overdue(8)
    calls = [lambda id=id: pay(id) for id in order_ids] + [expiry.end_overdue] * 3

    assert at_once(calls)["won"] == len(calls)
    assert all(whole(db, order_id) for order_id in order_ids)


def test_an_order_does_not_expire_while_it_is_being_paid(db, overdue, pay, at_the_worst_moment):
    (order_id,) = overdue()
    end = at_the_worst_moment(inventory, "sell", expiry.end_overdue)
    pay(order_id)
    end()

    assert db.session.get_one(Order, order_id).status == OrderStatus.COMPLETED
    assert whole(db, order_id)


def test_control_without_guards_a_paid_order_loses_its_ticket(
    db, overdue, pay, at_the_worst_moment, without_locks, without_conditions
):
    (order_id,) = overdue()
    end = at_the_worst_moment(inventory, "sell", expiry.end_overdue)
    pay(order_id)
    end()

    assert db.session.get_one(Order, order_id).status == OrderStatus.COMPLETED
    assert not whole(db, order_id)


def test_an_order_that_expires_is_not_paid_meanwhile(db, overdue, pay, at_the_worst_moment):
    (order_id,) = overdue()
    end = at_the_worst_moment(inventory, "release", lambda: pay(order_id))
    expiry.end_overdue()
    end()

    assert db.session.get_one(Order, order_id).status == OrderStatus.CANCELLED
    assert whole(db, order_id)


def test_many_sweeps_at_once_end_each_order_once(db, overdue, at_once, monkeypatch):
    monkeypatch.setattr(expiry, "BATCH", 3)
    order_ids = overdue(8)

    at_once([expiry.end_overdue] * 6)
    # A sweep leaves alone what another one has locked, and that one may have had to stop first.
    expiry.end_overdue()
    assert all(whole(db, order_id) for order_id in order_ids)
    ended = db.session.query(TimelineEntry).filter_by(to_status=OrderStatus.CANCELLED)
    assert ended.count() == len(order_ids)


def test_two_clicks_on_cancel_write_one_entry(db, overdue, at_once):
    (order_id,) = overdue()

    def cancel():
        with transaction():
            cancellation.cancel(order_id, actor=Actor.BUYER, reason="buyer")

    at_once([cancel] * 6)
    assert whole(db, order_id)


def test_the_same_payment_told_many_times_sells_once(db, overdue, pay, at_once):
    (order_id,) = overdue()

    at_once([lambda: pay(order_id)] * 6)
    assert db.session.get_one(Order, order_id).status == OrderStatus.COMPLETED
    assert whole(db, order_id)
