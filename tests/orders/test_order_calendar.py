"""The file that puts a bought evening into the buyer's calendar."""

import pytest
from icalendar import Calendar

from app.db import lock, transaction
from app.orders import cancellation, fulfilment
from app.orders.models import Actor, Order


@pytest.fixture
def get(as_user, buyer):
    return lambda order, who=buyer: as_user(who).get(f"/orders/{order.public_id}/calendar.ics")


def entry(answer):
    [found] = Calendar.from_ical(answer.data).walk("VEVENT")
    return found


def test_the_buyer_gets_the_evening_with_the_seats(get, reserve, pay):
    order = pay(reserve(2))
    answer = get(order)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert answer.headers["Cache-Control"] == "no-store"
    found = entry(answer)
    assert found["SUMMARY"] == "Blur"
    assert found["URL"] == f"http://localhost:8000/orders/{order.public_id}"
    assert "1, 2" in found["DESCRIPTION"] or "1–2" in found["DESCRIPTION"]  # noqa: RUF001
    assert f"Order {order.public_id}" in found["DESCRIPTION"]


def test_it_is_linked_once_it_is_paid(as_user, buyer, reserve, pay):
    order = reserve(2)
    link = f"/orders/{order.public_id}/calendar.ics"
    page = lambda: as_user(buyer).get(f"/orders/{order.public_id}").text  # noqa: E731
    assert link not in page()
    pay(order)
    assert link in page()


def test_nobody_else_gets_it(app, get, reserve, pay, stranger, seller):
    order = pay(reserve(2))
    assert get(order, stranger).status_code == 404
    assert get(order, seller).status_code == 404
    signed_out = app.test_client().get(f"/orders/{order.public_id}/calendar.ics")
    assert (signed_out.status_code, "signin" in signed_out.location) == (303, True)


def test_there_is_none_for_what_was_never_paid(get, reserve):
    order = reserve(2)
    assert get(order).status_code == 404
    with transaction():
        cancellation.cancel(order.id, actor=Actor.BUYER, reason="buyer")
    assert get(order).status_code == 404


def test_once_refunded_it_leaves_the_calendar(get, reserve, pay):
    order = pay(reserve(2))
    before = entry(get(order))
    with transaction():
        fulfilment.refund(lock(Order, order.id), actor=Actor.OPERATOR, reason="operator")
    after = entry(get(order))
    assert before["UID"] == after["UID"]
    assert before["SEQUENCE"] < after["SEQUENCE"]
    assert [before["STATUS"], after["STATUS"]] == ["CONFIRMED", "CANCELLED"]
