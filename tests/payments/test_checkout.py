import threading

import pytest
from sqlalchemy import func, select

from app.db import transaction
from app.errors import Conflict, Unavailable
from app.orders import cancellation
from app.orders.models import Actor, OrderStatus
from app.payments import checkout
from app.payments.models import AttemptStatus, CheckoutAttempt


def attempts(db, order_id):
    found = db.session.scalars(
        select(CheckoutAttempt)
        .where(CheckoutAttempt.order_id == order_id)
        .order_by(CheckoutAttempt.id)
    ).all()
    statuses = [attempt.status for attempt in found]
    db.session.rollback()
    return statuses


def test_the_page_asks_for_the_price_that_was_shown(stripe, reserved, order_of):
    order_id = reserved(quantity=2)
    url = checkout.start_checkout(order_id)

    (session,) = stripe.objects("checkout.session").values()
    order = order_of(order_id)
    assert session["url"] == url
    assert session["amount_total"] == order.total_cents == 2 * (4500 + 225)
    assert session["client_reference_id"] == order.public_id
    assert session["metadata"]["order_id"] == order.public_id
    assert session["adaptive_pricing"] == {"enabled": False}


def test_the_page_outlives_hold_and_grace(stripe, begun, order_of):
    order_id, session_id = begun()
    assert stripe.session(session_id)["expires_at"] >= order_of(order_id).expires_at.timestamp()


def test_two_clicks_lead_to_the_same_page(stripe, reserved):
    order_id = reserved()
    assert checkout.start_checkout(order_id) == checkout.start_checkout(order_id)
    assert len(stripe.objects("checkout.session")) == 1


def test_two_tabs_at_once_lead_to_the_same_page(app, stripe, reserved):
    order_id = reserved()
    stripe.fail("hang", path="/v1/checkout/sessions", seconds=1.5)
    urls = []

    def click():
        with app.app_context():
            urls.append(checkout.start_checkout(order_id))

    tabs = [threading.Thread(target=click) for _ in range(2)]
    [tab.start() for tab in tabs]
    [tab.join() for tab in tabs]
    assert len(urls) == 2
    assert len(set(urls)) == 1
    assert len(stripe.objects("checkout.session")) == 1


@pytest.mark.parametrize("kind", ["500", "500_after_work", "lost_reply", "429", "reset"])
def test_after_a_failure_the_next_click_gets_a_page(kind, stripe, reserved, db):
    order_id = reserved()
    stripe.fail(kind, path="/v1/checkout/sessions")
    with pytest.raises(Unavailable):
        checkout.start_checkout(order_id)
    assert attempts(db, order_id) == [AttemptStatus.CLOSED]

    assert checkout.start_checkout(order_id)
    assert attempts(db, order_id) == [AttemptStatus.CLOSED, AttemptStatus.OPEN]


def test_too_late_to_begin(stripe, reserved, later):
    order_id = reserved()
    later(minutes=14, seconds=30)
    with pytest.raises(Conflict, match="too little time"):
        checkout.start_checkout(order_id)
    assert stripe.requests() == []


def test_an_order_that_is_over_cannot_be_paid(stripe, reserved):
    order_id = reserved()
    with transaction():
        cancellation.cancel(order_id, actor=Actor.BUYER, reason="buyer")
    with pytest.raises(Conflict):
        checkout.start_checkout(order_id)


def test_an_order_that_ends_while_the_page_is_made_leaves_no_open_page(
    app, stripe, reserved, order_of
):
    order_id = reserved()
    stripe.fail("hang", path="/v1/checkout/sessions", seconds=2)
    urls = []

    def click():
        with app.app_context():
            urls.append(checkout.start_checkout(order_id))

    tab = threading.Thread(target=click)
    tab.start()
    while not order_of(order_id).checkout_started_at:
        pass
    with transaction():
        cancellation.cancel(order_id, actor=Actor.BUYER, reason="buyer")
    tab.join()

    assert urls == [None]
    (session,) = stripe.objects("checkout.session").values()
    assert session["status"] == "expired"


def test_coming_back_after_paying_shows_the_order_not_a_second_page(stripe, begun, order_of):
    order_id, session_id = begun()
    stripe.pay(session_id)
    assert checkout.start_checkout(order_id) is None
    assert order_of(order_id).status == OrderStatus.COMPLETED


def test_a_page_that_expired_is_replaced(stripe, begun, db):
    order_id, session_id = begun()
    stripe.expire(session_id)
    url = checkout.start_checkout(order_id)
    assert url
    assert session_id not in url
    assert attempts(db, order_id) == [AttemptStatus.CLOSED, AttemptStatus.OPEN]


def test_one_live_attempt_an_order(stripe, begun, db):
    order_id, _ = begun()
    live = db.session.scalar(
        select(func.count())
        .select_from(CheckoutAttempt)
        .where(CheckoutAttempt.order_id == order_id, CheckoutAttempt.status == "open")
    )
    assert live == 1
