"""What sellers see of their sales over the last weeks."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from app import clock
from app.db import lock, transaction
from app.orders import fulfilment
from app.orders.models import Actor, Order
from app.orders.sold_by_week import WEEKS, sold_by_week

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def sold(monkeypatch, offer, reserve, pay):
    """Sells two tickets at so many cents: `sold(4500, on=MONDAY)`."""

    def make(price_cents: int, on: datetime) -> Order:
        with monkeypatch.context() as patch:
            patch.setattr(clock, "now", lambda: on)
            return pay(reserve(2, of=offer(price_cents=price_cents)))

    return make


@pytest.fixture(autouse=True)
def wednesday(monkeypatch, event, db):
    event.starts_at = MONDAY + timedelta(days=30)
    db.session.commit()
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=2))


def weeks_with_sales(seller):
    weeks = sold_by_week(seller.id)
    return weeks and [
        (week.monday, week.earned_cents, week.tickets) for week in weeks.weeks if week.tickets
    ]


def test_a_week_goes_from_monday_to_sunday(seller, sold):
    for day, cents in ((-8, 1000), (-7, 2000), (-1, 3000), (0, 4000)):
        sold(cents, on=MONDAY + timedelta(days=day))
    assert weeks_with_sales(seller) == [
        (date(2026, 11, 9), 2000, 2),
        (date(2026, 11, 16), 10000, 4),
        (date(2026, 11, 23), 8000, 2),
    ]


def test_there_are_twelve_weeks_with_this_one(seller, sold):
    first = MONDAY - timedelta(weeks=WEEKS - 1)
    sold(1000, on=first)
    sold(2000, on=first - timedelta(days=1))
    assert weeks_with_sales(seller) == [(first.date(), 2000, 2)]
    assert len(sold_by_week(seller.id).weeks) == WEEKS


def test_where_the_new_week_has_begun_already_a_sale_belongs_to_the_old_one(seller, sold):
    """The venue is ahead of UTC, by which the weeks are counted."""
    sunday_night = MONDAY + timedelta(days=6, hours=11, minutes=30)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: sunday_night)
        sold(1000, on=sunday_night)
        assert weeks_with_sales(seller) == [(date(2026, 11, 23), 2000, 2)]


def test_what_was_refunded_is_not_counted(seller, sold):
    order = sold(1000, on=MONDAY)
    with transaction():
        fulfilment.refund(lock(Order, order.id), actor=Actor.OPERATOR, reason="operator")
    assert weeks_with_sales(seller) is None


def test_nobody_sees_the_sales_of_others(seller, rival, sold):
    sold(1000, on=MONDAY)
    assert sold_by_week(rival.id) is None


def test_the_page_says_it_in_words_and_figures(as_user, seller, sold, listing):
    page = as_user(seller).get("/selling").text
    assert "Your sales" not in page

    sold(1000, on=MONDAY)
    page = as_user(seller).get("/selling").text
    assert "You sold 2 tickets for €20.00 in the last 12 weeks." in page
    assert page.count('class="value selected"') == 1  # this week
    rows = re.findall("<tr><th[^>]*>([^<]*)</th><td>([^<]*)</td><td>([^<]*)</td></tr>", page)
    assert len(rows) == WEEKS
    assert rows[0] == ("Week of 23 Nov 2026", "€20.00", "2")
    assert rows[1] == ("Week of 16 Nov 2026", "€0.00", "0")
    assert "Your sales" not in as_user(seller).get("/selling", headers={"HX-Request": "true"}).text
