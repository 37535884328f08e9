import itertools

import pytest
from sqlalchemy import update

from app.db import lock, transaction
from app.orders import cancellation, expiry
from app.orders.models import Actor, Order, OrderStatus, TimelineEntry
from app.orders.transitions import ALLOWED, EVENTS, transition
from app.outbox.models import Message

MOVES = sorted((here, there) for here in ALLOWED for there in ALLOWED[here])
OTHERS = sorted(set(itertools.product(OrderStatus, OrderStatus)) - set(MOVES))


def bring_to(order, status):
    with transaction():
        reason = "expired" if status == OrderStatus.CANCELLED else None
        row = lock(Order, order.id)
        row.status, row.cancel_reason = status, reason
    return order


@pytest.mark.parametrize(("here", "there"), OTHERS)
def test_a_move_the_table_does_not_know_raises(reserve, here, there):
    order = bring_to(reserve(), here)

    with pytest.raises(ValueError, match="is not a move"), transaction():
        transition(lock(Order, order.id), there, actor=Actor.OPERATOR, reason="no")
    assert order.status == here


@pytest.mark.parametrize(("here", "there"), MOVES)
def test_a_move_is_written_down_and_told_once(db, reserve, here, there):
    order = bring_to(reserve(), here)
    with transaction():
        assert transition(lock(Order, order.id), there, actor=Actor.STRIPE, reason="why")

    entry = db.session.scalars(db.select(TimelineEntry).order_by(TimelineEntry.id.desc())).first()
    message = db.session.scalars(db.select(Message).order_by(Message.position.desc())).first()
    assert order.status == entry.to_status == message.data["status"] == there
    assert (entry.from_status, entry.actor, entry.reason) == (here, Actor.STRIPE, "why")
    assert message.type == EVENTS[there].type
    assert db.session.query(TimelineEntry).count() == db.session.query(Message).count() == 2


def test_whoever_comes_too_late_changes_nothing(db, reserve):
    order = reserve()
    with transaction():
        row = lock(Order, order.id)
        # Somebody else moves it, and we go on believing what we read before.
        db.session.execute(
            update(Order)
            .values(status=OrderStatus.COMPLETED)
            .execution_options(synchronize_session=False)
        )
        assert not transition(row, OrderStatus.CANCELLED, actor=Actor.CLOCK, reason="expired")

    assert order.status == OrderStatus.COMPLETED
    assert db.session.query(TimelineEntry).count() == 1
    assert db.session.query(Message).count() == 1


def test_why_it_ends_is_kept_until_it_is_paid_after_all(reserve):
    order = reserve()
    for status, reason, kept in (
        (OrderStatus.CLOSING, "buyer", "buyer"),
        (OrderStatus.CANCELLED, None, "buyer"),
        (OrderStatus.COMPLETED, None, None),
    ):
        with transaction():
            transition(lock(Order, order.id), status, actor=Actor.CLOCK, reason=reason)
        assert order.cancel_reason == kept


def test_the_last_timeline_entry_is_the_status(db, offer, reserve, begin_checkout, pay, later):
    listing = offer(tickets=8)
    pay(reserve(of=listing))
    closing = begin_checkout(reserve(of=listing))
    with transaction():
        cancellation.cancel(closing.id, actor=Actor.BUYER, reason="buyer")
    reserve(of=listing)
    begin_checkout(reserve(of=listing))
    later(hours=1)
    expiry.end_overdue()

    for order in db.session.scalars(db.select(Order)):
        entries = order.timeline
        assert entries[-1].to_status == order.status
        for before, after in itertools.pairwise(entries):
            assert before.to_status == after.from_status
