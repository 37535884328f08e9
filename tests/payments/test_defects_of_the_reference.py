"""What the services ticketbay is derived from got wrong, each as a test that would catch it.

Two more stand elsewhere: two buyers get one ticket (tests/races/), and expirations lost
when a process restarts or the broker is wiped (tests/worker/).
"""

import contextlib

import pytest
from sqlalchemy import select, update

from app import schedule
from app.db import db as database
from app.db import transaction
from app.errors import Conflict, Forbidden
from app.listings.models import Ticket
from app.money import fee_cents, parse_cents
from app.orders import cancellation, reservation
from app.orders.models import Actor, Order, OrderStatus
from app.outbox.models import Message
from app.payments import checkout
from app.payments.models import Refund
from app.payments.settlement import settle


def cancelled(order_id):
    with transaction():
        cancellation.cancel(order_id, actor=Actor.BUYER, reason="buyer")


def test_an_order_is_not_complete_without_a_payment(as_user, begun, buyer, order_of):
    order_id, session_id = begun()
    address = f"/orders/{order_of(order_id).public_id}/return?session_id={session_id}"
    as_user(buyer).get(address)
    assert order_of(order_id).status == OrderStatus.AWAITING_PAYMENT


def test_no_price_becomes_a_fraction_of_a_cent(app):
    for cents in range(1, 20_001):
        price = parse_cents(f"{cents / 100:.2f}")
        assert price == cents
        assert isinstance(fee_cents(price, 500), int)


def test_a_completed_order_cannot_be_cancelled_and_its_ticket_sold_again(
    stripe, begun, order_of, listing, rival
):
    order_id, session_id = begun()
    stripe.pay(session_id)
    settle(session_id)
    with pytest.raises(Conflict):
        cancelled(order_id)
    with pytest.raises(Conflict), transaction():
        reservation.reserve(listing.id, rival.id, 1, 1)


def test_a_payment_does_not_revive_a_cancelled_order_whose_tickets_are_anothers(
    stripe, begun, reserved, order_of, rival, db
):
    order_id, session_id = begun()
    stripe.pay(session_id)
    cancelled(order_id)
    with transaction():
        cancellation.finish(db.session.get_one(Order, order_id))
    theirs = reserved(2, buyer=rival)
    settle(session_id)
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert order_of(theirs).status == OrderStatus.AWAITING_PAYMENT
    assert db.session.scalars(select(Refund.amount_cents)).all() == [9450]


def test_a_stale_cancellation_does_not_free_another_buyers_hold(
    stripe, reserved, rival, order_of, db
):
    mine = reserved(2)
    cancelled(mine)
    theirs = reserved(2, buyer=rival)
    cancelled(mine)
    assert order_of(theirs).status == OrderStatus.AWAITING_PAYMENT
    assert set(db.session.scalars(select(Ticket.order_id))) == {theirs}


def test_nobody_pays_after_expiry(stripe, begun, order_of, later):
    order_id, session_id = begun()
    later(minutes=18)
    schedule.run("sweep")
    schedule.run("follow-up")
    assert stripe.pay(session_id) != "paid", "the payment page is shut"
    with pytest.raises(Conflict):
        checkout.start_checkout(order_id)


def test_nobody_pays_twice(stripe, begun, order_of, db):
    order_id, session_id = begun()
    stripe.pay(session_id)
    assert checkout.start_checkout(order_id) is None
    assert order_of(order_id).status == OrderStatus.COMPLETED
    assert len(stripe.objects("checkout.session")) == 1


def test_what_happened_and_its_announcement_are_one_commit(stripe, listing, buyer, db):
    with contextlib.suppress(ZeroDivisionError), transaction():
        reservation.reserve(listing.id, buyer.id, 1, 1)
        raise ZeroDivisionError
    assert db.session.scalars(select(Order.id)).all() == []
    assert db.session.scalars(select(Message.type)).all() == []
    with transaction():
        reservation.reserve(listing.id, buyer.id, 1, 1)
    assert db.session.scalars(select(Message.type)).all() == ["order.reserved"]


def test_a_deadline_survives_every_process_because_it_is_a_column(reserved, order_of, later):
    order_id = reserved()
    database.session.remove()  # nothing of the reserving process is left
    later(minutes=16)
    schedule.run("sweep")
    assert order_of(order_id).status == OrderStatus.CANCELLED


def test_a_seller_keeps_sight_of_reserved_and_sold_tickets(
    as_user, seller, stripe, begun, listing, offer, reserved, event
):
    _, session_id = begun()
    stripe.pay(session_id)
    settle(session_id)
    reserved(1, listing=offer(tickets=1))
    page = as_user(seller).get("/selling").text
    assert page.count(event.title) >= 2


def test_an_unpaid_order_can_be_reached_again(as_user, buyer, reserved, order_of):
    public_id = order_of(reserved()).public_id
    assert f"/orders/{public_id}" in as_user(buyer).get("/orders").text


def test_nobody_buys_their_own_ticket(stripe, listing, seller):
    with pytest.raises(Forbidden), transaction():
        reservation.reserve(listing.id, seller.id, 1, 1)


def test_lists_come_in_pages(as_user, seller, offer, db):
    for _ in range(25):
        offer(tickets=1)
    page = as_user(seller).get("/selling").text
    assert 'href="/selling?after=' in page


def test_a_hold_knows_its_order_and_the_schema_insists(reserved, db):
    reserved()
    with pytest.raises(Exception, match=r"CHECK|check"), transaction():
        db.session.execute(update(Ticket).values(order_id=None))
