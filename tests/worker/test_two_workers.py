"""Two workers at once, with alarms and sweeps, are as good as one."""

import pytest
from sqlalchemy import func, select

from app.orders.models import OrderStatus, TimelineEntry
from app.outbox.models import Message

pytestmark = pytest.mark.processes

ORDERS = 12


@pytest.fixture
def environ(environ):
    return environ | {"SWEEP_SECONDS": "1"}


def test_each_order_is_cancelled_once(
    db, worker, offer, person, reserve, bring_forward, becomes, available
):
    listing = offer(tickets=ORDERS)
    buyers = [person(f"buyer-{number}") for number in range(ORDERS // 4)]
    order_ids = [reserve(by=buyer, of=listing) for buyer in buyers * 4]
    for running in (worker(), worker()):
        assert running.process.poll() is None
    for order_id in order_ids:
        bring_forward(order_id, seconds=1)

    assert all(becomes(order_id, OrderStatus.CANCELLED) for order_id in order_ids)
    assert available(listing) == ORDERS
    cancelled = (
        select(TimelineEntry.order_id, func.count())
        .where(TimelineEntry.to_status == OrderStatus.CANCELLED)
        .group_by(TimelineEntry.order_id)
    )
    assert sorted(map(tuple, db.session.execute(cancelled))) == [(id, 1) for id in order_ids]
    told = select(func.count()).where(Message.type == "order.cancelled")
    assert db.session.scalar(told) == ORDERS
