import pytest

from app.db import lock, transaction
from app.errors import Conflict
from app.listings.models import TicketStatus
from app.orders import cancellation, expiry, fulfilment
from app.orders.models import Actor, Order, OrderStatus, TimelineEntry


def cancel(order):
    with transaction():
        return cancellation.cancel(order.id, actor=Actor.BUYER, reason="buyer")


def finish(order):
    with transaction():
        return cancellation.finish(lock(Order, order.id))


def test_an_order_nobody_began_to_pay_is_cancelled_at_once(reserve, listing, available, told):
    order = cancel(reserve(2))

    assert (order.status, order.cancel_reason) == (OrderStatus.CANCELLED, "buyer")
    assert available(listing) == 2
    assert told() == ["order.reserved", "order.cancelled"]


def test_with_a_payment_page_open_the_tickets_stay_held(
    reserve, begin_checkout, listing, statuses, told
):
    order = cancel(begin_checkout(reserve(2)))

    assert (order.status, order.cancel_reason) == (OrderStatus.CLOSING, "buyer")
    assert statuses(listing) == [TicketStatus.HELD] * 2
    assert told() == ["order.reserved", "order.closing"]


def test_others_then_see_that_the_payment_is_being_checked(db, reserve, begin_checkout, listing):
    order = cancel(begin_checkout(reserve(2)))

    assert all(ticket.held_until < order.expires_at for ticket in listing.tickets)


def test_once_its_page_is_shut_a_closing_order_is_cancelled(
    reserve, begin_checkout, listing, available
):
    order = cancel(begin_checkout(reserve(2)))

    assert finish(order)
    assert (order.status, order.cancel_reason) == (OrderStatus.CANCELLED, "buyer")
    assert available(listing) == 2


def test_finishing_twice_is_finishing_once(db, reserve, begin_checkout):
    order = cancel(begin_checkout(reserve()))

    assert [finish(order), finish(order)] == [True, False]
    assert db.session.query(TimelineEntry).count() == 3


def test_a_closing_order_paid_after_all_is_not_finished(
    reserve, begin_checkout, pay, listing, statuses
):
    order = pay(cancel(begin_checkout(reserve(2))))

    assert not finish(order)
    assert (order.status, order.cancel_reason) == (OrderStatus.COMPLETED, None)
    assert statuses(listing) == [TicketStatus.SOLD] * 2


def test_cancelling_twice_is_cancelling_once(db, reserve):
    order = reserve()
    cancel(order)

    assert cancel(order).status == OrderStatus.CANCELLED
    assert db.session.query(TimelineEntry).count() == 2


def test_a_completed_order_cannot_be_cancelled(reserve, pay, listing, statuses):
    order = pay(reserve(2))

    with pytest.raises(Conflict, match="paid already"):
        cancel(order)
    assert statuses(listing) == [TicketStatus.SOLD] * 2


def test_a_refunded_order_cannot_be_cancelled(reserve, pay):
    order = pay(reserve())
    with transaction():
        fulfilment.refund(lock(Order, order.id), actor=Actor.OPERATOR, reason="operator")

    with pytest.raises(Conflict, match="paid already"):
        cancel(order)


def test_an_order_whose_payment_is_on_its_way_cannot_be_cancelled(reserve, begin_checkout):
    order = begin_checkout(reserve())
    with transaction():
        fulfilment.payment_is_on_its_way(lock(Order, order.id))

    with pytest.raises(Conflict, match="being processed"):
        cancel(order)


def test_a_stale_cancellation_does_not_free_another_buyers_hold(
    reserve, rival, listing, available, later
):
    first = reserve(2)
    later(minutes=16)
    expiry.end_overdue()
    reserve(2, by=rival)

    cancel(first)

    assert available(listing) == 0
