from datetime import timedelta

import pytest

from app.db import lock, transaction
from app.listings.models import TicketStatus
from app.orders import expiry, fulfilment
from app.orders.models import Actor, Order, OrderStatus, TimelineEntry


def timeline(db, order):
    query = db.select(TimelineEntry).filter_by(order_id=order.id).order_by(TimelineEntry.id)
    return [(e.from_status, e.to_status, e.actor, e.reason) for e in db.session.scalars(query)]


def test_an_unpaid_order_frees_its_tickets_at_its_deadline(reserve, listing, later, available):
    order = reserve(2)

    later(minutes=14)
    assert expiry.end_overdue() == 0
    assert available(listing) == 0

    later(minutes=16)
    assert expiry.end_overdue() == 1
    assert (order.status, order.cancel_reason) == (OrderStatus.CANCELLED, "expired")
    assert available(listing) == 2


def test_the_second_run_finds_nothing_to_do(db, reserve, later, told):
    order = reserve()
    later(minutes=16)

    assert [expiry.end_overdue(), expiry.end_overdue()] == [1, 0]
    assert timeline(db, order) == [
        (None, "awaiting_payment", Actor.BUYER, None),
        ("awaiting_payment", "cancelled", Actor.CLOCK, "expired"),
    ]
    assert told() == ["order.reserved", "order.cancelled"]


def test_a_begun_checkout_gets_its_grace_and_then_closes(
    db, reserve, begin_checkout, listing, later, statuses
):
    order = begin_checkout(reserve(2))

    later(minutes=16)
    assert expiry.end_overdue() == 0

    later(minutes=17, seconds=1)
    assert expiry.end_overdue() == 1
    assert order.status == OrderStatus.CLOSING
    # Whether somebody paid at the last moment is not known yet: the tickets stay held.
    assert statuses(listing) == [TicketStatus.HELD] * 2
    assert expiry.end_overdue() == 0
    assert timeline(db, order)[1:] == [("awaiting_payment", "closing", Actor.CLOCK, "expired")]


def test_the_set_leaves_out_an_order_whose_checkout_began(
    db, offer, reserve, begin_checkout, later
):
    listing = offer(tickets=2)
    paying = begin_checkout(reserve(of=listing))
    idle = reserve(of=listing)
    later(hours=1)

    assert expiry.cancel_overdue() == 1
    db.session.rollback()
    assert paying.is_awaiting_payment
    assert idle.status == OrderStatus.CANCELLED


def test_a_paid_order_never_expires(reserve, pay, listing, later, statuses):
    order = pay(reserve(2))
    later(days=2)

    assert expiry.end_overdue() == 0
    assert order.status == OrderStatus.COMPLETED
    assert statuses(listing) == [TicketStatus.SOLD] * 2


def test_an_order_whose_payment_is_on_its_way_never_expires(reserve, begin_checkout, later):
    order = begin_checkout(reserve())
    with transaction():
        fulfilment.payment_is_on_its_way(lock(Order, order.id))
    later(days=2)

    assert expiry.end_overdue() == 0
    assert order.status == OrderStatus.PROCESSING


def test_overdue_orders_are_cancelled_in_sets(
    db, offer, reserve, person, later, monkeypatch, available, told
):
    monkeypatch.setattr(expiry, "BATCH", 3)
    listing = offer(tickets=8)
    for number in range(7):
        reserve(of=listing, by=person(f"buyer{number}"))
    later(minutes=16)

    assert expiry.cancel_overdue() == 7
    assert available(listing) == 8
    assert told().count("order.cancelled") == 7
    assert db.session.query(TimelineEntry).count() == 14


def test_a_thousand_orders_cost_a_handful_of_statements(db, offer, reserve, later, statements):
    listing = offer(tickets=4)
    for _ in range(4):
        reserve(of=listing)
    later(minutes=16)

    with statements() as run:
        assert expiry.cancel_overdue() == 4
    # Look, move, release, and the rows of timeline and outbox, each in one go.
    assert len(run) <= 6


def test_one_bad_order_blocks_no_other(
    db, offer, reserve, begin_checkout, later, monkeypatch, caplog
):
    listing = offer(tickets=2)
    bad = begin_checkout(reserve(of=listing))
    good = begin_checkout(reserve(of=listing))
    bad_id = bad.id
    close = expiry._close

    def close_unless_bad(order_id):
        if order_id == bad_id:
            raise RuntimeError("poison")
        return close(order_id)

    monkeypatch.setattr(expiry, "_close", close_unless_bad)
    later(hours=1)

    assert expiry.end_overdue() == 1
    assert good.status == OrderStatus.CLOSING
    assert bad.status == OrderStatus.AWAITING_PAYMENT
    assert "could not be closed" in caplog.text


def test_a_bad_order_is_put_off(offer, reserve, begin_checkout, later, monkeypatch):
    monkeypatch.setattr(expiry, "BATCH", 1)
    listing = offer(tickets=2)
    bad = begin_checkout(reserve(of=listing))
    bad_id = bad.id
    good = begin_checkout(reserve(of=listing))
    close = expiry._close
    monkeypatch.setattr(expiry, "_close", lambda id: 1 / 0 if id == bad_id else close(id))
    later(hours=1)

    assert [expiry.end_overdue() for _ in range(3)] == [0, 1, 0]
    assert good.status == OrderStatus.CLOSING
    assert bad.status == OrderStatus.AWAITING_PAYMENT

    monkeypatch.setattr(expiry, "_close", close)
    later(hours=1, minutes=1)
    assert expiry.end_overdue() == 1
    assert bad.status == OrderStatus.CLOSING


@pytest.mark.parametrize("environ", [{"ORDER_HOLD_SECONDS": "10", "PAYMENT_GRACE_SECONDS": "0"}])
def test_hold_and_grace_are_settings(environ, reserve, begin_checkout, later):
    order = begin_checkout(reserve())
    assert order.expires_at - order.created_at <= timedelta(seconds=11)

    later(seconds=11)
    assert expiry.end_overdue() == 1
