from datetime import UTC, date, datetime, timedelta

import pytest

from app import clock
from app.db import transaction
from app.listings import past_sales
from app.listings.models import PastSale
from app.listings.pricing import all_in


@pytest.fixture
def noon(monkeypatch):
    """So that no test runs into the next day."""
    moment = datetime(2027, 3, 14, 12, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


@pytest.fixture
def line(noon, event):
    return lambda: [
        (each.day, each.price_cents, each.tickets)
        for each in past_sales.price_lines([event.id]).get(event.id, [])
    ]


def test_a_line_has_the_middle_price_of_each_day_with_all_fees(line, sold):
    for price in (9000, 1000, 2000):
        sold(price, days_ago=2)
    sold(3000, days_ago=1)
    sold(4000)
    assert line() == [
        (date(2027, 3, 12), all_in(2000), 3),
        (date(2027, 3, 13), all_in(3000), 1),
        (date(2027, 3, 14), all_in(4000), 1),
    ]


def test_a_sale_of_many_tickets_weighs_more(line, sold):
    for days_ago in (0, 1, 2):
        sold(1000, days_ago=days_ago)
    sold(5000, quantity=4)
    assert line()[-1] == (date(2027, 3, 14), all_in(5000), 5)


def test_the_middle_of_an_even_number_is_a_price_that_was_paid(line, sold):
    for days_ago in (0, 1, 2):
        sold(1000, days_ago=days_ago)
    sold(5000)
    assert line()[-1] == (date(2027, 3, 14), all_in(1000), 2)


def test_fewer_than_three_days_make_no_line(line, sold):
    for days_ago in (0, 0, 1):
        sold(1000, days_ago=days_ago)
    assert line() == []
    sold(1000, days_ago=2)
    assert len(line()) == 3


def test_a_line_goes_back_thirty_days_with_today(line, sold):
    for days_ago in (30, 29, 1, 0):
        sold(1000, days_ago=days_ago)
    assert [day for day, *_ in line()] == [
        date(2027, 2, 13),
        date(2027, 3, 13),
        date(2027, 3, 14),
    ]


def test_one_question_answers_for_all_events_of_a_page(db, noon, event, offer, sold):
    other = type(event)(
        slug="other",
        title="Other",
        category="concert",
        venue=event.venue,
        city_key="leipzig",
        starts_at=event.starts_at,
        search_words="other",
    )
    theirs = offer(event=other)
    for days_ago in (0, 1, 2):
        sold(1000, days_ago=days_ago)
        sold(2000, days_ago=days_ago, of=theirs)
    lines = past_sales.price_lines([event.id, other.id, 999])
    assert {id: {each.price_cents for each in line} for id, line in lines.items()} == {
        event.id: {all_in(1000)},
        other.id: {all_in(2000)},
    }
    assert past_sales.price_lines([]) == {}


def test_the_day_of_a_sale_is_that_of_the_calendar_at_the_venue(db, monkeypatch, sold):
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 3, 14, 23, 30, tzinfo=UTC))
    sold(1000)
    assert db.session.scalars(db.select(PastSale.sold_on)).one() == date(2027, 3, 15)


def test_a_refunded_sale_is_forgotten(db, sold):
    sold(1000)
    order_id = db.session.scalars(db.select(PastSale.order_id)).one()
    with transaction():
        past_sales.forget(order_id)
    assert db.session.scalars(db.select(PastSale)).all() == []


def test_a_seller_sees_their_own_sales_by_day_without_the_fee(noon, seller, rival, offer, sold):
    sold(1000, quantity=2, days_ago=1)
    sold(3000, days_ago=1)
    sold(4000, days_ago=9)
    sold(7000, of=offer(seller=rival))
    since = noon.date() - timedelta(days=7)
    assert past_sales.sold_by(seller.id, since) == [
        past_sales.DaySales(date(2027, 3, 13), earned_cents=5000, tickets=3)
    ]
    assert past_sales.sold_by(rival.id, since)[0].earned_cents == 7000
