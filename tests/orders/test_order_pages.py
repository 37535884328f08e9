import itertools
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from app import clock
from app.db import lock, transaction
from app.listings.models import TicketStatus
from app.orders import cancellation, expiry, fulfilment, history
from app.orders.models import Actor, Order, OrderStatus

pytestmark = pytest.mark.thorough

HTMX = {"HX-Request": "true"}


def locked(order, change, *args, **kwargs):
    with transaction():
        change(lock(Order, order.id), *args, **kwargs)


def page(as_user, buyer, order):
    answer = as_user(buyer).get(f"/orders/{order.public_id}")
    assert answer.status_code == 200
    return answer.text


# One order


def test_an_unpaid_order_counts_down_and_can_be_paid_or_cancelled(as_user, buyer, reserve):
    order = reserve(2)

    text = page(as_user, buyer, order)
    for words in ("Buy now and pay", "Cancel reservation", "left to pay", "€94.50", "You reserved"):
        assert words in text
    assert f'data-expires-at="{order.expires_at.isoformat(timespec="seconds")}"' in text


def test_it_survives_a_reload(as_user, buyer, reserve):
    order = reserve(2)
    client = as_user(buyer)

    first, second = (client.get(f"/orders/{order.public_id}").text for _ in range(2))
    assert "Buy now and pay" in first
    assert "Buy now and pay" in second


def test_a_stranger_does_not_find_the_order(as_user, stranger, seller, reserve, db):
    order = reserve()

    for somebody in (stranger, seller):
        client = as_user(somebody)
        assert client.get(f"/orders/{order.public_id}").status_code == 404
        assert client.post(f"/orders/{order.public_id}/cancellation").status_code == 404
    db.session.rollback()
    assert order.is_awaiting_payment


@pytest.mark.parametrize(
    "address",
    [
        "/orders/a%00b",
        "/orders/a%00/return",
        "/orders/%C3%A4",
        "/orders/" + "x" * 99,
        "/orders/1;2",
    ],
)
def test_what_cannot_be_an_id_is_not_found(as_user, buyer, address):
    assert as_user(buyer).get(address).status_code == 404


def test_what_cannot_be_an_id_begins_the_list_anew(as_user, buyer, reserve):
    reserve()
    for query in ("after=a%00b", "section=unpaid&after=%00", "section=nonsense"):
        assert "Pay or cancel" in as_user(buyer).get(f"/orders?{query}").text


def test_orders_are_not_found_by_counting(as_user, buyer, reserve):
    order = reserve()

    assert as_user(buyer).get(f"/orders/{order.id}").status_code == 404


@pytest.mark.parametrize("path", ["/orders", "/selling", "/orders/{order}"])
def test_the_signed_out_sign_in_first(app, reserve, path):
    answer = app.test_client().get(path.format(order=reserve().public_id))

    assert answer.status_code == 303
    assert "signin" in answer.location


def test_the_signed_out_cancel_nothing(app, db, reserve):
    order = reserve()

    assert app.test_client().post(f"/orders/{order.public_id}/cancellation").status_code == 303
    db.session.rollback()
    assert order.is_awaiting_payment


def test_the_pay_button_hides_once_the_deadline_has_passed(as_user, buyer, reserve, later):
    order = reserve()
    later(minutes=15, seconds=1)

    text = page(as_user, buyer, order)
    assert "Buy now and pay" not in text
    assert "Cancel reservation" not in text
    assert 'hx-trigger="every 3s"' in text


def test_a_reservation_that_ran_out_before_any_payment_says_so(as_user, buyer, reserve, later):
    order = reserve()
    later(minutes=15, seconds=1)

    text = page(as_user, buyer, order)
    assert "The time to pay is over" in text
    assert "you are not charged" in text
    assert "being checked" not in text
    assert "being checked" not in as_user(buyer).get("/orders").text


def test_one_that_ran_out_while_somebody_may_pay_is_checked(
    as_user, buyer, reserve, begin_checkout, later
):
    order = begin_checkout(reserve())
    later(minutes=15, seconds=1)

    assert "Your payment is being checked" in page(as_user, buyer, order)
    assert "Payment is being checked" in as_user(buyer).get("/orders").text


def test_the_deadline_says_whose_clock_it_goes_by(db, as_user, buyer, event, reserve):
    event.venue.timezone = "America/New_York"
    db.session.commit()
    order = reserve()

    until = order.expires_at.astimezone(ZoneInfo("America/New_York"))
    assert f"yours until {until:%H:%M} (New York time)" in page(as_user, buyer, order)


def test_what_is_in_the_page_is_there_once(as_user, buyer, reserve):
    ids = re.findall(r' id="([^"]+)"', page(as_user, buyer, reserve()))
    assert len(ids) == len(set(ids))


def test_a_closing_order_says_that_its_payment_is_checked(as_user, buyer, reserve, begin_checkout):
    order = begin_checkout(reserve())
    with transaction():
        cancellation.cancel(order.id, actor=Actor.BUYER, reason="buyer")

    text = page(as_user, buyer, order)
    assert "Your payment is being checked" in text
    assert 'hx-trigger="every 3s"' in text
    assert "Buy now and pay" not in text


def test_a_payment_on_its_way_says_so(as_user, buyer, reserve, begin_checkout):
    order = begin_checkout(reserve())
    locked(order, fulfilment.payment_is_on_its_way)

    text = page(as_user, buyer, order)
    assert "Your payment is on its way" in text
    assert 'hx-trigger="every 3s"' in text


def test_a_paid_order_shows_its_seats_and_how_they_come(db, as_user, buyer, listing, reserve, pay):
    listing.section, listing.handover_method = "G", "pdf"
    listing.handover_notes = "I send them the evening before.\nLook in your spam, too."
    db.session.commit()
    order = reserve(2)
    assert "the evening before" not in page(as_user, buyer, order)
    pay(order)

    text = page(as_user, buyer, order)
    for words in (
        "The tickets are yours",
        "1\N{EN DASH}2",
        "PDF by email",
        '<p class="as-written">I send them the evening before.\nLook in your spam, too.</p>',
    ):
        assert words in text


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("expired", "The time to pay ran out."),
        ("buyer", "You cancelled it."),
        ("operator", "The operator cancelled it."),
        ("event_cancelled", "The event was cancelled."),
        ("payment_failed", "The payment did not go through."),
        ("some new reason", "It could not be completed."),
    ],
)
def test_a_cancelled_order_says_why_and_that_nothing_was_charged(
    as_user, buyer, reserve, reason, words
):
    order = reserve()
    with transaction():
        cancellation.cancel(order.id, actor=Actor.OPERATOR, reason=reason)

    text = page(as_user, buyer, order)
    assert words in text
    assert "You were not charged." in text


def test_a_refunded_order_says_that_the_money_comes_back(as_user, buyer, reserve, pay):
    order = pay(reserve())
    locked(order, fulfilment.refund, actor=Actor.OPERATOR, reason="operator")

    assert "Your money is on its way back" in page(as_user, buyer, order)


def test_an_incident_is_with_the_operator(as_user, buyer, reserve, begin_checkout):
    order = begin_checkout(reserve())
    locked(order, fulfilment.flag, "amount differs")

    text = page(as_user, buyer, order)
    assert "Being checked by the operator" in text
    assert "Buy now and pay" not in text
    assert "hx-trigger" not in text


def test_the_poll_gets_the_fragment_and_ends_with_the_order(as_user, buyer, reserve, pay):
    order = reserve()
    client = as_user(buyer)

    fragment = client.get(f"/orders/{order.public_id}", headers=HTMX).text
    assert fragment.lstrip().startswith(f'<section id="order-{order.public_id}"')
    assert 'hx-trigger="expired, every 10s"' in fragment
    pay(order)
    assert "hx-trigger" not in client.get(f"/orders/{order.public_id}", headers=HTMX).text


def test_going_back_in_history_gets_the_whole_page(as_user, buyer, reserve):
    headers = HTMX | {"HX-History-Restore-Request": "true"}
    answer = as_user(buyer).get(f"/orders/{reserve().public_id}", headers=headers)

    assert "<!doctype html>" in answer.text


# Cancelling


def test_cancelling_frees_the_tickets(as_user, db, buyer, reserve, listing, available):
    order = reserve(2)

    answer = as_user(buyer).post(f"/orders/{order.public_id}/cancellation")
    assert (answer.status_code, answer.location) == (303, f"/orders/{order.public_id}")
    assert available(listing) == 2


def test_htmx_gets_the_cancelled_order(as_user, buyer, reserve):
    order = reserve()

    answer = as_user(buyer).post(f"/orders/{order.public_id}/cancellation", headers=HTMX)
    assert answer.status_code == 200
    assert "You cancelled it." in answer.text
    assert "<!doctype" not in answer.text


def test_the_answer_to_cancelling_takes_the_focus_and_news_does_not(
    as_user, buyer, reserve, begin_checkout
):
    order = begin_checkout(reserve())
    client = as_user(buyer)

    answer = client.post(f"/orders/{order.public_id}/cancellation", headers=HTMX).text
    assert f'id="state-{order.public_id}" tabindex="-1" autofocus>' in answer
    news = client.get(f"/orders/{order.public_id}", headers=HTMX).text
    assert f'id="state-{order.public_id}" tabindex="-1">' in news


def test_a_refused_cancellation_takes_the_focus_too(as_user, buyer, reserve, pay):
    order = pay(reserve())

    answer = as_user(buyer).post(f"/orders/{order.public_id}/cancellation", headers=HTMX)
    assert answer.status_code == 409
    assert "paid already" in answer.text
    assert " autofocus>" in answer.text


def test_a_second_click_on_cancel_does_no_harm(as_user, buyer, reserve):
    order = reserve()
    client = as_user(buyer)

    answers = [client.post(f"/orders/{order.public_id}/cancellation") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]


def test_a_paid_order_refuses_to_be_cancelled(as_user, buyer, reserve, pay, listing, statuses):
    order = pay(reserve(2))

    answer = as_user(buyer).post(f"/orders/{order.public_id}/cancellation")
    assert answer.status_code == 409
    assert "paid already" in answer.text
    assert statuses(listing) == [TicketStatus.SOLD] * 2


def test_nothing_is_cancelled_by_looking(as_user, buyer, reserve):
    path = f"/orders/{reserve().public_id}/cancellation"
    assert as_user(buyer).get(path).status_code == 405


# My orders


def test_my_orders_show_the_unpaid_first(as_user, offer, buyer, reserve, pay):
    listing = offer(tickets=8)
    cancelled = reserve(of=listing)
    with transaction():
        cancellation.cancel(cancelled.id, actor=Actor.BUYER, reason="buyer")
    pay(reserve(of=listing))
    reserve(of=listing)

    text = as_user(buyer).get("/orders").text
    places = [text.index(words) for words in ("Waiting to be paid", "Upcoming", "You cancelled it")]
    assert places == sorted(places)
    assert "left to pay" in text


def test_a_ticket_stays_upcoming_through_the_evening_and_is_past_afterwards(
    as_user, db, event, buyer, reserve, pay
):
    pay(reserve())
    for hours, heading in ((5, "Upcoming"), (25, "Past")):
        event.starts_at = clock.now() - timedelta(hours=hours)
        db.session.commit()
        assert f">{heading}</h2>" in as_user(buyer).get("/orders").text


def test_my_orders_say_which_seats(as_user, offer, buyer, reserve, pay):
    listing = offer(tickets=5, section="G")
    pay(reserve(3, of=listing))
    reserve(of=listing)

    text = as_user(buyer).get("/orders").text
    assert "<dd>1\N{EN DASH}3</dd>" in text
    assert "<dd>4</dd>" in text


def test_my_orders_show_nobody_elses(as_user, rival, reserve, pay):
    pay(reserve())

    text = as_user(rival).get("/orders").text
    assert "No orders here" in text
    assert "Blur" not in text


@pytest.fixture
def many_orders(db, listing, buyer):
    """25 cancelled orders, the oldest first."""
    orders = [
        Order(
            buyer=buyer,
            listing=listing,
            listing_version=1,
            quantity=1,
            unit_price_cents=4500,
            fee_cents=225,
            total_cents=4725,
            currency="EUR",
            expires_at=clock.now(),
            status=OrderStatus.CANCELLED,
            cancel_reason="expired",
        )
        for _ in range(25)
    ]
    for order in orders:
        db.session.add(order)
        db.session.flush()
    db.session.commit()
    return orders


def test_twenty_orders_a_page_and_none_twice(as_user, buyer, many_orders):
    client = as_user(buyer)
    first = client.get("/orders").text
    cut = f"section=ended&amp;after={many_orders[5].public_id}"
    assert cut in first
    second = client.get(f"/orders?{cut.replace('&amp;', '&')}").text

    shown = [
        [order.public_id for order in many_orders if f'href="/orders/{order.public_id}"' in text]
        for text in (first, second)
    ]
    assert [len(page) for page in shown] == [20, 5]
    assert not set(shown[0]) & set(shown[1])


def test_htmx_gets_the_next_orders_alone_and_the_focus_goes_to_the_first(
    as_user, buyer, many_orders
):
    path = f"/orders?section=ended&after={many_orders[5].public_id}"
    client = as_user(buyer)
    rows = client.get(path, headers=HTMX).text

    assert "<!doctype" not in rows
    assert rows.count('id="orders-ended-list"') == 1
    first = f'href="/orders/{many_orders[4].public_id}"'
    assert f"{first} autofocus" in rows
    assert rows.count("autofocus") == 1
    assert "autofocus" not in client.get(path).text


@pytest.mark.parametrize("section", history.Section)
def test_pages_follow_one_another_in_every_section(
    db, buyer, event, many_orders, monkeypatch, section
):
    status = {
        "unpaid": OrderStatus.AWAITING_PAYMENT,
        "ended": OrderStatus.CANCELLED,
    }.get(section, OrderStatus.COMPLETED)
    db.session.execute(db.update(Order).values(status=status))
    if section == "past":
        event.starts_at = clock.now() - timedelta(days=3)
    db.session.commit()

    seen, after = [], None
    for _ in range(2):
        page = history.page_of(buyer.id, section, after)
        seen += [line.public_id for line in page.orders]
        after = page.next_after
    assert after is None
    assert len(seen) == len(set(seen)) == 25


def test_the_cursor_of_somebody_else_leads_nowhere(as_user, rival, many_orders):
    answer = as_user(rival).get(f"/orders?section=ended&after={many_orders[5].public_id}")

    assert answer.status_code == 200
    assert "Blur" not in answer.text


@pytest.mark.parametrize("path", ["/orders", "/orders/{order}"])
def test_few_queries_however_many_orders(as_user, buyer, many_orders, statements, path):
    client = as_user(buyer)
    with statements() as run:
        client.get(path.format(order=many_orders[0].public_id))
    assert len(run) <= 8


def test_each_step_of_the_timeline_is_told_in_words(as_user, buyer, reserve, begin_checkout, later):
    order = begin_checkout(reserve())
    later(minutes=18)
    expiry.end_overdue()
    locked(order, cancellation.finish)
    locked(order, fulfilment.revive)

    text = page(as_user, buyer, order)
    places = [
        text.index(words)
        for words in (
            "You reserved the tickets.",
            "The time to pay ran out.",
            "The reservation ended.",
            "Your payment arrived late",
        )
    ]
    assert all(before < after for before, after in itertools.pairwise(places))
