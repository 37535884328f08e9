import pytest
from sqlalchemy import select

from app import invariants, schedule
from app.db import transaction
from app.listings.models import Listing, Ticket
from app.orders import cancellation, expiry
from app.orders.models import Actor, Order, OrderStatus
from app.payments import checkout, closing, disputes
from app.payments.incidents import accept, open_incidents, refund
from app.payments.models import AttemptStatus, CheckoutAttempt
from app.payments.settlement import settle
from tests.payments.conftest import refunds_of, session_of


@pytest.fixture(autouse=True)
def everything_holds_in_the_end(app):
    yield
    assert invariants.broken() == {}


def ticket_statuses(db):
    found = sorted(db.session.scalars(select(Ticket.status)))
    db.session.rollback()
    return found


def test_a_paid_session_completes_the_order(stripe, begun, order_of, db):
    order_id, session_id = begun()
    assert stripe.pay(session_id) == "paid"
    settle(session_id)
    assert order_of(order_id).status == OrderStatus.COMPLETED
    assert ticket_statuses(db) == ["sold", "sold"]


def test_settling_ten_times_has_one_effect(stripe, begun, order_of, db):
    order_id, session_id = begun()
    stripe.pay(session_id)
    for _ in range(10):
        settle(session_id)
    assert [entry.to_status for entry in order_of(order_id).timeline] == [
        "awaiting_payment",
        "completed",
    ]
    assert refunds_of(db) == []


def test_an_open_page_changes_nothing(stripe, begun, order_of):
    order_id, session_id = begun()
    stripe.pay(session_id, card="4000000000000002")
    settle(session_id)
    assert order_of(order_id).status == OrderStatus.AWAITING_PAYMENT


def test_nobody_completes_an_order_without_paying(stripe, begun, order_of):
    order_id, session_id = begun()
    settle(session_id)
    settle("cs_test_of_somebody_else")
    assert order_of(order_id).status == OrderStatus.AWAITING_PAYMENT


def test_a_slow_payment_completes_later(stripe, begun, order_of, db):
    order_id, session_id = begun()
    stripe.pay_slowly(session_id)
    settle(session_id)
    assert order_of(order_id).status == OrderStatus.PROCESSING
    assert ticket_statuses(db) == ["held", "held"]
    stripe.bank_answers(session_id, "succeeded")
    settle(session_id)
    assert order_of(order_id).status == OrderStatus.COMPLETED


def test_a_slow_payment_that_fails_gives_the_tickets_back(stripe, begun, order_of, db):
    order_id, session_id = begun()
    stripe.pay_slowly(session_id)
    settle(session_id)
    stripe.bank_answers(session_id, "failed")
    settle(session_id)
    assert order_of(order_id).status == OrderStatus.CLOSING
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert ticket_statuses(db) == ["available", "available"]


def test_a_slow_payment_survives_the_deadline(stripe, begun, order_of, later):
    order_id, session_id = begun()
    stripe.pay_slowly(session_id)
    settle(session_id)
    later(minutes=30)
    schedule.run("sweep")
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.PROCESSING


def test_an_expired_reservation_shuts_its_page(stripe, begun, order_of, db, later):
    order_id, session_id = begun()
    later(minutes=15, seconds=30)
    schedule.run("sweep")
    assert order_of(order_id).status == OrderStatus.AWAITING_PAYMENT, "the grace is not over"
    later(minutes=17, seconds=1)
    schedule.run("sweep")
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert stripe.session(session_id)["status"] == "expired"
    assert ticket_statuses(db) == ["available", "available"]


def test_a_payment_in_the_last_moment_wins_over_expiry(stripe, begun, order_of, db, later):
    order_id, session_id = begun()
    stripe.pay(session_id)
    later(minutes=18)
    schedule.run("sweep")
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.COMPLETED
    assert ticket_statuses(db) == ["sold", "sold"]


def test_a_payment_against_a_cancellation_wins(stripe, begun, order_of):
    order_id, session_id = begun()
    stripe.pay(session_id)
    with transaction():
        cancellation.cancel(order_id, actor=Actor.BUYER, reason="buyer")
    closing.finish(order_id)
    assert order_of(order_id).status == OrderStatus.COMPLETED


@pytest.mark.parametrize("fault", ["500", "429", "reset", "lost_reply"])
def test_while_stripe_does_not_confirm_the_tickets_stay_held(
    fault, stripe, begun, order_of, db, later
):
    order_id, session_id = begun()
    later(minutes=18)
    stripe.fail(fault, method="POST", path="/v1/checkout/sessions/*/expire")
    schedule.run("sweep")
    closing.finish_due()
    assert order_of(order_id).status == OrderStatus.CLOSING
    assert ticket_statuses(db) == ["held", "held"]
    later(minutes=20)
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert stripe.session(session_id)["status"] == "expired"


def pay_after_the_end(stripe, begun, db, order_of):
    """An order is cancelled although its page could still be paid: what must not happen, does."""
    order_id, session_id = begun()
    stripe.pay(session_id)
    with transaction():
        cancellation.cancel(order_id, actor=Actor.BUYER, reason="buyer")
        cancellation.finish(db.session.get_one(Order, order_id))
    assert order_of(order_id).status == OrderStatus.CANCELLED
    return order_id, session_id


def test_a_late_payment_takes_its_tickets_again(stripe, begun, db, order_of):
    order_id, session_id = pay_after_the_end(stripe, begun, db, order_of)
    settle(session_id)
    assert order_of(order_id).status == OrderStatus.COMPLETED
    assert ticket_statuses(db) == ["sold", "sold"]


def test_a_late_payment_for_tickets_that_are_gone_is_refunded(
    stripe, begun, reserved, db, order_of, rival, buyer, as_user
):
    browser = as_user(buyer)
    order_id, session_id = pay_after_the_end(stripe, begun, db, order_of)
    others = reserved(1, buyer=rival)
    settle(session_id)
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert order_of(others).status == OrderStatus.AWAITING_PAYMENT, "nobody else's hold is freed"
    assert refunds_of(db) == [("late_payment", 9450, "succeeded")]
    page = browser.get(f"/orders/{order_of(order_id).public_id}").text
    assert "goes back to you" in page
    assert "not charged" not in page
    (refund,) = stripe.objects("refund").values()
    assert refund["amount"] == 9450


def test_a_late_payment_for_a_changed_offer_is_refunded(stripe, begun, db, order_of, listing):
    order_id, session_id = pay_after_the_end(stripe, begun, db, order_of)
    with transaction():
        db.session.get_one(Listing, listing.id).version += 1
    settle(session_id)
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert refunds_of(db) == [("late_payment", 9450, "due")]


def test_a_wrong_amount_hands_over_nothing(paid_another_amount, order_of, db):
    order_id = paid_another_amount(100)
    order = order_of(order_id)
    assert order.status == OrderStatus.AWAITING_PAYMENT
    assert "paid 100 EUR" in order.incident
    assert ticket_statuses(db) == ["held", "held"]
    assert [incident.order_id for incident in open_incidents()] == [order.public_id]

    refund(order.public_id)
    schedule.run("follow-up")
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert refunds_of(db) == [("requested", 100, "succeeded")]
    assert open_incidents() == []


def test_an_operator_may_accept_another_amount(paid_another_amount, order_of):
    order_id = paid_another_amount(9400)
    accept(order_of(order_id).public_id)
    assert order_of(order_id).status == OrderStatus.COMPLETED
    assert order_of(order_id).incident is None


def test_an_order_with_an_incident_is_not_given_away_at_its_deadline(
    stripe, reserved, order_of, db, later
):
    order_id = reserved()
    stripe.post("/sessions/next", amount_total=100)
    checkout.start_checkout(order_id)
    session_id = session_of(db, order_id)
    stripe.pay(session_id)
    later(minutes=18)
    schedule.run("sweep")
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.CLOSING
    assert order_of(order_id).incident
    assert ticket_statuses(db) == ["held", "held"]


def test_a_charge_already_refunded_hands_over_nothing(stripe, begun, order_of, db):
    order_id, session_id = begun()
    stripe.pay(session_id)
    (charge_id,) = stripe.objects("charge")
    stripe.post("/refunds", charge=charge_id)
    settle(session_id)
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert refunds_of(db) == [("external", 9450, "succeeded")]
    assert ticket_statuses(db) == ["available", "available"]


def test_a_disputed_charge_hands_over_nothing_and_is_refunded_once_won(stripe, begun, order_of, db):
    order_id, session_id = begun()
    stripe.pay(session_id)
    (charge_id,) = stripe.objects("charge")
    dispute = stripe.post("/disputes", charge=charge_id)
    settle(session_id)
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert refunds_of(db) == []
    stripe.post(f"/disputes/{dispute['id']}/close", outcome="won")

    disputes.sync(dispute["payment_intent"])
    schedule.run("follow-up")
    assert refunds_of(db) == [("dispute", 9450, "succeeded")]


def test_no_attempt_stays_live_when_all_is_over(stripe, begun, db, later, order_of):
    begun()
    later(minutes=18)
    expiry.end_overdue()
    schedule.run("follow-up")
    statuses = set(db.session.scalars(select(CheckoutAttempt.status)))
    assert statuses == {AttemptStatus.CLOSED}
