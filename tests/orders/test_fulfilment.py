from datetime import timedelta

import pytest

from app import clock
from app.catalog.models import EventStatus
from app.db import lock, transaction
from app.listings.models import ListingStatus, PastSale, Ticket, TicketStatus
from app.orders import cancellation, fulfilment
from app.orders.models import Actor, Order, OrderStatus


def locked(order, change, *args, **kwargs):
    with transaction():
        return change(lock(Order, order.id), *args, **kwargs)


@pytest.fixture
def past_sales(db):
    """Order, price and number of tickets of each sale that is remembered."""
    columns = db.select(PastSale.order_id, PastSale.price_cents, PastSale.quantity)
    return lambda: [tuple(row) for row in db.session.execute(columns)]


@pytest.fixture
def cancelled(reserve):
    """An order of two tickets that nobody paid in time."""
    order = reserve(2)
    with transaction():
        cancellation.cancel(order.id, actor=Actor.CLOCK, reason="expired")
    return order


def test_a_paid_order_has_sold_its_tickets(reserve, listing, statuses, told):
    order = reserve(2)

    assert locked(order, fulfilment.complete)
    assert order.status == OrderStatus.COMPLETED
    assert statuses(listing) == [TicketStatus.SOLD] * 2
    assert {t.order_id for t in listing.tickets} == {order.id}
    assert told() == ["order.reserved", "order.completed"]


def test_nothing_is_sold_if_a_ticket_is_missing(db, reserve, listing, statuses):
    order = reserve(2)
    ticket = listing.tickets[0]
    ticket.status, ticket.order_id, ticket.held_until = TicketStatus.AVAILABLE, None, None
    db.session.commit()

    assert not locked(order, fulfilment.complete)
    assert order.status == OrderStatus.AWAITING_PAYMENT
    assert statuses(listing) == [TicketStatus.AVAILABLE, TicketStatus.HELD]


def test_a_late_payment_takes_the_very_same_tickets_again(cancelled, listing, statuses, told):
    assert locked(cancelled, fulfilment.revive)

    assert (cancelled.status, cancelled.cancel_reason) == (OrderStatus.COMPLETED, None)
    assert {(t.status, t.order_id) for t in listing.tickets} == {("sold", cancelled.id)}
    assert told() == ["order.reserved", "order.cancelled", "order.completed"]


def withdraw(listing, event):
    listing.status = ListingStatus.WITHDRAWN


def change_the_offer(listing, event):
    listing.version += 1


def cancel_the_event(listing, event):
    event.status = EventStatus.CANCELLED


def let_it_begin(listing, event):
    event.starts_at = clock.now() - timedelta(minutes=1)


@pytest.mark.parametrize("meanwhile", [withdraw, change_the_offer, cancel_the_event, let_it_begin])
def test_a_late_payment_revives_nothing_that_has_changed(
    db, cancelled, listing, event, available, meanwhile
):
    meanwhile(listing, event)
    db.session.commit()

    assert not locked(cancelled, fulfilment.revive)
    assert cancelled.status == OrderStatus.CANCELLED
    assert available(listing) == 2


def test_a_late_payment_takes_no_ticket_from_another_buyer(
    db, cancelled, reserve, rival, listing, statuses
):
    theirs = reserve(1, by=rival)

    assert not locked(cancelled, fulfilment.revive)
    assert statuses(listing).count(TicketStatus.SOLD) == 0
    held = db.session.scalars(db.select(Ticket).filter_by(status=TicketStatus.HELD)).one()
    assert held.order_id == theirs.id


def test_a_payment_that_settles_later_keeps_the_tickets(reserve, begin_checkout, listing, statuses):
    order = begin_checkout(reserve(2))

    assert locked(order, fulfilment.payment_is_on_its_way)
    assert order.status == OrderStatus.PROCESSING
    assert statuses(listing) == [TicketStatus.HELD] * 2
    assert all(t.held_until <= clock.now() for t in listing.tickets)

    assert locked(order, fulfilment.complete)
    assert order.status == OrderStatus.COMPLETED


def test_a_slow_payment_that_fails_closes_the_order(reserve, begin_checkout, listing, statuses):
    order = begin_checkout(reserve(2))
    locked(order, fulfilment.payment_is_on_its_way)

    assert locked(order, fulfilment.payment_failed, "payment_failed")
    assert (order.status, order.cancel_reason) == (OrderStatus.CLOSING, "payment_failed")
    assert statuses(listing) == [TicketStatus.HELD] * 2


def test_a_failed_payment_says_nothing_about_an_order_that_moved_on(reserve, pay):
    order = pay(reserve())

    assert not locked(order, fulfilment.payment_failed, "payment_failed")
    assert not locked(order, fulfilment.payment_is_on_its_way)
    assert not locked(order, fulfilment.close_unsold, "disputed")
    assert order.status == OrderStatus.COMPLETED


def test_a_payment_that_hands_nothing_over_closes_an_unpaid_order(reserve, begin_checkout):
    order = begin_checkout(reserve())

    assert locked(order, fulfilment.close_unsold, "disputed")
    assert (order.status, order.cancel_reason) == (OrderStatus.CLOSING, "disputed")
    assert not locked(order, fulfilment.close_unsold, "disputed")


def test_a_refund_voids_the_tickets(reserve, pay, listing, statuses, told):
    order = pay(reserve(2))

    assert locked(order, fulfilment.refund, actor=Actor.OPERATOR, reason="event_cancelled")
    assert order.status == OrderStatus.REFUNDED
    assert statuses(listing) == [TicketStatus.VOID] * 2
    assert told() == ["order.reserved", "order.completed", "order.refunded"]
    assert not locked(order, fulfilment.refund, actor=Actor.OPERATOR, reason="event_cancelled")


def test_only_a_paid_order_is_refunded(reserve, listing, statuses):
    order = reserve(2)

    assert not locked(order, fulfilment.refund, actor=Actor.OPERATOR, reason="operator")
    assert statuses(listing) == [TicketStatus.HELD] * 2


def test_a_sale_is_remembered_until_it_is_refunded(reserve, listing, past_sales):
    order = reserve(2)
    assert past_sales() == []
    locked(order, fulfilment.complete)
    assert past_sales() == [(order.id, listing.price_cents, 2)]
    locked(order, fulfilment.refund, actor=Actor.OPERATOR, reason="operator")
    assert past_sales() == []


def test_a_sale_by_a_late_payment_is_remembered_too(cancelled, listing, past_sales):
    locked(cancelled, fulfilment.revive)
    assert past_sales() == [(cancelled.id, listing.price_cents, 2)]


def test_an_incident_is_kept_with_the_order(reserve):
    order = reserve()
    locked(order, fulfilment.flag, "amount differs")

    assert order.incident == "amount differs"
    assert order.is_awaiting_payment
