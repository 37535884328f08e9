"""Whatever Stripe, the bank or somebody in Stripe's dashboard does: the jobs alone end every order.

Each test lets something go wrong, and from then on nobody clicks: time passes, and sweeps run.
"""

import json
import random

import pytest
from sqlalchemy import select

from app import invariants, schedule
from app.db import lock, transaction
from app.errors import Unavailable
from app.listings.models import Ticket
from app.orders import cancellation
from app.orders.models import Actor, Order, OrderStatus
from app.payments import checkout, gateway, reconciliation, refunds, settlement, webhooks
from app.payments.models import CheckoutAttempt, RefundReason
from app.payments.settlement import settle
from tests.payments.conftest import refunds_of, session_of
from tests.payments.test_webhooks import signed

pytestmark = pytest.mark.thorough

CREATE, EXPIRE = "/v1/checkout/sessions", "/v1/checkout/sessions/*/expire"
REFUND, DISPUTE = ("charge.refunded", "refund."), ("charge.dispute.",)
FAULTS = ("429", "500", "500_after_work", "lost_reply", "reset")
TOTAL = 9450  # of the order, in cents
SEED = 20261124


@pytest.fixture
def jobs_alone(app, move_clock):
    """Nothing but sweeps for so many minutes. Whatever must hold then holds."""

    def run(minutes=40):
        for _ in range(minutes // 4):
            move_clock(240)
            schedule.run("sweep")
            schedule.run("follow-up")
        assert invariants.broken() == {}

    return run


@pytest.fixture
def never_told(monkeypatch):
    """No webhook comes, and Stripe's list of events is empty."""
    monkeypatch.setattr(reconciliation.gateway, "events_since", lambda *_: [])


@pytest.fixture
def deliver(app):
    """Delivers events as Stripe would, signed, in this order."""
    client = app.test_client()

    def post(events):
        for event in events:
            assert client.post("/webhooks/stripe", **signed(json.dumps(event))).status_code == 200

    return post


@pytest.fixture
def we_hear_of(stripe, deliver):
    """Delivers the events whose types begin so, and works them off. The others come later."""

    def tell(*words):
        events = stripe.objects("event").values()
        deliver(event for event in events if event["type"].startswith(words))
        webhooks.process_due()

    return tell


@pytest.fixture
def paid(stripe, begun):
    """An order of 94.50 that was paid without anybody telling us. Its id and its charge's."""

    def pay():
        order_id, session_id = begun()
        assert stripe.pay(session_id) == "paid"
        (charge_id,) = stripe.objects("charge")
        return order_id, charge_id

    return pay


@pytest.fixture
def completed(paid, db):
    """The same, and settled."""

    def pay():
        order_id, charge_id = paid()
        settle(session_of(db, order_id))
        return order_id, charge_id

    return pay


@pytest.fixture
def between_look_and_commit(monkeypatch):
    """Lets something happen once, after settling has asked Stripe and before it acts on it."""

    def arrange(happen):
        act = settlement._settle_paid

        def late(*facts):
            monkeypatch.setattr(settlement, "_settle_paid", act)
            happen()
            act(*facts)

        monkeypatch.setattr(settlement, "_settle_paid", late)

    return arrange


def kept(stripe):
    """Cents that the shop has of all payments, after refunds and lost disputes."""
    charges = stripe.objects("charge").values()
    lost = [each for each in stripe.objects("dispute").values() if each["status"] == "lost"]
    captured = sum(charge["amount_captured"] for charge in charges if charge["paid"])
    refunded = sum(charge["amount_refunded"] for charge in charges)
    return captured - refunded - sum(dispute["amount"] for dispute in lost)


def tickets(db):
    found = set(db.session.scalars(select(Ticket.status)))
    db.session.rollback()
    return found


# The page is made


@pytest.mark.parametrize("fault", FAULTS)
def test_a_page_that_could_not_be_made_costs_nobody_anything(
    fault, stripe, reserved, jobs_alone, order_of, db
):
    order_id = reserved()
    stripe.fail(fault, method="POST", path=CREATE)
    with pytest.raises(Unavailable):
        checkout.start_checkout(order_id)
    jobs_alone()
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert tickets(db) == {"available"}
    assert {each["status"] for each in stripe.objects("checkout.session").values()} <= {"expired"}


@pytest.mark.parametrize("fault", FAULTS)
def test_after_it_could_not_be_made_a_second_click_pays_once(
    fault, stripe, reserved, jobs_alone, order_of, db
):
    order_id = reserved()
    stripe.fail(fault, method="POST", path=CREATE)
    with pytest.raises(Unavailable):
        checkout.start_checkout(order_id)
    assert checkout.start_checkout(order_id)
    stripe.pay(session_of(db, order_id))
    jobs_alone()
    assert order_of(order_id).status == OrderStatus.COMPLETED
    assert kept(stripe) == TOTAL


@pytest.mark.parametrize("fault", ["500", "500_after_work"])
def test_a_key_under_which_stripe_replays_a_500_is_given_up(fault, stripe, reserved, db):
    order_id = reserved()
    stripe.fail(fault, method="POST", path=CREATE)
    with pytest.raises(Unavailable):
        checkout.start_checkout(order_id)
    key, parameters = db.session.execute(
        select(CheckoutAttempt.key, CheckoutAttempt.parameters)
    ).one()
    db.session.rollback()
    with pytest.raises(gateway.StripeUnavailable):
        gateway.create_session(parameters, key)
    assert stripe.requests()[-1]["replayed"]
    assert checkout.start_checkout(order_id)


def test_a_process_that_dies_with_the_page_in_its_hands_leaves_nothing_behind(
    stripe, reserved, jobs_alone, order_of, db
):
    order_id = reserved()
    attempt = checkout._begin(order_id)
    checkout._create_session(attempt)  # and is gone, before anybody saw the address
    jobs_alone()
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert tickets(db) == {"available"}


# The page is shut


@pytest.mark.parametrize("fault", FAULTS)
def test_a_page_whose_shutting_nobody_confirmed_is_shut_all_the_same(
    fault, stripe, begun, jobs_alone, order_of, db
):
    order_id, session_id = begun()
    stripe.fail(fault, method="POST", path=EXPIRE, count=2)
    jobs_alone(minutes=30)  # by itself it would be open for 35
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert stripe.session(session_id)["status"] == "expired"
    assert tickets(db) == {"available"}


@pytest.mark.parametrize("fault", FAULTS)
def test_paid_before_it_was_shut_the_order_completes_whatever_stripe_answers(
    fault, stripe, paid, jobs_alone, never_told, order_of
):
    order_id, _ = paid()
    stripe.fail(fault, count=5)
    jobs_alone()
    assert order_of(order_id).status == OrderStatus.COMPLETED
    assert kept(stripe) == TOTAL


@pytest.mark.parametrize("fault", FAULTS)
def test_a_refund_reaches_the_buyer_once_whatever_stripe_answers(
    fault, stripe, completed, jobs_alone, order_of
):
    order_id, _ = completed()
    stripe.fail(fault, method="POST", path="/v1/refunds", count=2)
    request_refund(order_id)
    jobs_alone()
    assert order_of(order_id).status == OrderStatus.REFUNDED
    assert kept(stripe) == 0


# A method that settles later


@pytest.mark.parametrize("bank_says", ["succeeded", "failed"])
@pytest.mark.parametrize("minutes", [0, 30])
@pytest.mark.parametrize("news", ["told", "never told"])
def test_a_slow_payment_ends_as_the_bank_says(
    bank_says, minutes, news, stripe, begun, jobs_alone, order_of, db, request
):
    if news == "never told":
        request.getfixturevalue("never_told")
    order_id, session_id = begun()
    stripe.pay_slowly(session_id)
    if minutes:
        jobs_alone(minutes)
        assert order_of(order_id).status == OrderStatus.PROCESSING, "the deadline is long over"
        assert tickets(db) == {"held"}
    stripe.bank_answers(session_id, bank_says)
    jobs_alone(60)  # the reconciler asks every half an hour in the end
    if bank_says == "succeeded":
        assert order_of(order_id).status == OrderStatus.COMPLETED
        assert (tickets(db), kept(stripe)) == ({"sold"}, TOTAL)
    else:
        assert order_of(order_id).status == OrderStatus.CANCELLED
        assert (tickets(db), kept(stripe)) == ({"available"}, 0)


# Refunds from the dashboard


def test_refunded_in_full_before_we_settled_nothing_is_handed_over(
    stripe, paid, jobs_alone, order_of, db
):
    order_id, charge_id = paid()
    stripe.post("/refunds", charge=charge_id)
    jobs_alone()
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert tickets(db) == {"available"}
    assert refunds_of(db) == [("external", TOTAL, "succeeded")]


def test_refunded_in_full_after_we_settled_the_tickets_are_void(
    stripe, completed, jobs_alone, order_of, db
):
    order_id, charge_id = completed()
    stripe.post("/refunds", charge=charge_id)
    jobs_alone()
    assert order_of(order_id).status == OrderStatus.REFUNDED
    assert tickets(db) == {"void"}
    assert refunds_of(db) == [("external", TOTAL, "succeeded")]


@pytest.mark.parametrize("when", ["paid", "completed"])
def test_refunded_in_part_the_order_stands(when, stripe, jobs_alone, order_of, db, request):
    order_id, charge_id = request.getfixturevalue(when)()
    stripe.post("/refunds", charge=charge_id, amount=700)
    jobs_alone()
    assert order_of(order_id).status == OrderStatus.COMPLETED
    assert tickets(db) == {"sold"}
    assert refunds_of(db) == [("external", 700, "succeeded")]
    assert kept(stripe) == TOTAL - 700


def test_refunded_in_part_before_it_came_too_late_only_the_rest_is_promised(
    stripe, paid, reserved, rival, jobs_alone, order_of, db
):
    order_id, charge_id = paid()
    give_up(order_id)
    theirs = reserved(1, buyer=rival)
    stripe.post("/refunds", charge=charge_id, amount=700)
    settle(session_of(db, order_id))
    assert invariants.broken() == {}, "at no moment is more promised than was paid"
    jobs_alone(minutes=10)
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert order_of(theirs).status == OrderStatus.AWAITING_PAYMENT
    assert sorted(refunds_of(db)) == [
        ("external", 700, "succeeded"),
        ("late_payment", TOTAL - 700, "succeeded"),
    ]
    assert kept(stripe) == 0


@pytest.mark.parametrize("cents", [700, TOTAL])
def test_refunded_while_we_settle_it_is_not_forgotten(
    cents, stripe, paid, jobs_alone, we_hear_of, between_look_and_commit, order_of, db
):
    order_id, charge_id = paid()

    def refunded():
        stripe.post("/refunds", charge=charge_id, amount=cents)
        we_hear_of(*REFUND)

    between_look_and_commit(refunded)
    settle(session_of(db, order_id))
    jobs_alone()
    assert refunds_of(db) == [("external", cents, "succeeded")]
    assert (order_of(order_id).status == OrderStatus.COMPLETED) == (cents < TOTAL)


# Disputes


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_disputed_after_we_settled_the_bank_decides_about_the_order(
    outcome, stripe, completed, jobs_alone, order_of, db
):
    order_id, charge_id = completed()
    dispute = stripe.post("/disputes", charge=charge_id)
    jobs_alone()
    assert order_of(order_id).status == OrderStatus.COMPLETED, "while the bank thinks"
    stripe.post(f"/disputes/{dispute['id']}/close", outcome=outcome)
    jobs_alone()
    if outcome == "won":
        assert order_of(order_id).status == OrderStatus.COMPLETED
        assert (tickets(db), kept(stripe), refunds_of(db)) == ({"sold"}, TOTAL, [])
    else:
        assert order_of(order_id).status == OrderStatus.REFUNDED
        assert (tickets(db), kept(stripe)) == ({"void"}, 0)
        assert refunds_of(db) == [("dispute", TOTAL, "succeeded")]


@pytest.mark.parametrize("outcome", ["won", "lost"])
@pytest.mark.parametrize("closed", ["before we settled", "while we settle", "after we settled"])
def test_disputed_before_we_settled_nothing_is_handed_over_and_the_money_goes_back(
    outcome, closed, stripe, paid, jobs_alone, we_hear_of, between_look_and_commit, order_of, db
):
    order_id, charge_id = paid()
    dispute = stripe.post("/disputes", charge=charge_id)

    def close():
        stripe.post(f"/disputes/{dispute['id']}/close", outcome=outcome)
        we_hear_of(*DISPUTE)

    if closed == "before we settled":
        close()
    elif closed == "while we settle":
        between_look_and_commit(close)
        settle(session_of(db, order_id))
    else:
        jobs_alone()
        assert refunds_of(db) == [], "nothing is sent while the bank thinks"
        close()
    jobs_alone()
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert tickets(db) == {"available"}
    assert refunds_of(db) == [("dispute", TOTAL, "succeeded")]
    assert kept(stripe) == 0


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_disputed_while_we_settle_it_is_not_forgotten(
    outcome, stripe, paid, jobs_alone, we_hear_of, between_look_and_commit, db
):
    order_id, charge_id = paid()

    def disputed():
        dispute = stripe.post("/disputes", charge=charge_id)
        stripe.post(f"/disputes/{dispute['id']}/close", outcome=outcome)
        we_hear_of(*DISPUTE)

    between_look_and_commit(disputed)
    settle(session_of(db, order_id))
    jobs_alone()
    assert db.session.scalars(select(CheckoutAttempt.dispute)).all() == [outcome]
    assert kept(stripe) == believed(db)


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_refund_that_meets_a_dispute_waits_for_the_bank_and_for_nobody_else(
    outcome, stripe, completed, jobs_alone, order_of, db
):
    order_id, charge_id = completed()
    dispute = stripe.post("/disputes", charge=charge_id)
    refund_id = request_refund(order_id)
    refunds.issue(refund_id)  # we have not heard of the dispute yet
    jobs_alone()
    stripe.post(f"/disputes/{dispute['id']}/close", outcome=outcome)
    jobs_alone()
    assert order_of(order_id).status == OrderStatus.REFUNDED
    assert order_of(order_id).incident is None
    assert kept(stripe) == 0


# Webhooks


def in_a_row(events):
    return events


def ten_times(events):
    return events * 10


def backwards(events):
    return events[::-1]


def shuffled(events):
    print(f"seed {SEED}")  # noqa: T201
    return random.Random(SEED).sample(events * 3, len(events) * 3)


@pytest.mark.parametrize("order", [in_a_row, ten_times, backwards, shuffled])
@pytest.mark.parametrize("days", [0, 3])
def test_webhooks_have_one_effect_however_they_come(
    order, days, stripe, paid, deliver, jobs_alone, move_clock, never_told, order_of, db
):
    order_id, charge_id = paid()
    stripe.post("/refunds", charge=charge_id, amount=700)
    events = list(stripe.objects("event").values())
    move_clock(days * 86_400)
    deliver(order(events))
    jobs_alone(minutes=10)
    assert [entry.to_status for entry in order_of(order_id).timeline][-1] == OrderStatus.COMPLETED
    assert refunds_of(db) == [("external", 700, "succeeded")]

    deliver(order(events))
    jobs_alone(minutes=10)
    assert refunds_of(db) == [("external", 700, "succeeded")]
    assert kept(stripe) == TOTAL - 700


@pytest.mark.parametrize("order", [in_a_row, backwards])
def test_webhooks_that_come_days_after_the_jobs_ended_it_change_nothing(
    order, stripe, begun, deliver, jobs_alone, move_clock, never_told, order_of, db
):
    order_id, session_id = begun()
    jobs_alone()
    assert order_of(order_id).status == OrderStatus.CANCELLED
    assert stripe.pay(session_id) == "closed"
    before = len(order_of(order_id).timeline)
    move_clock(3 * 86_400)
    deliver(order(list(stripe.objects("event").values())))
    jobs_alone(minutes=10)
    assert len(order_of(order_id).timeline) == before
    assert tickets(db) == {"available"}


def test_without_any_webhook_an_order_that_was_paid_completes(
    stripe, paid, jobs_alone, never_told, order_of
):
    order_id, _ = paid()
    jobs_alone(minutes=14)
    assert order_of(order_id).status == OrderStatus.COMPLETED


def request_refund(order_id):
    with transaction():
        return refunds.request(lock(Order, order_id), None, reason=RefundReason.REQUESTED).id


def give_up(order_id):
    """End the order although its page was paid: what must not happen, happens."""
    with transaction():
        cancellation.cancel(order_id, actor=Actor.BUYER, reason="buyer")
        cancellation.finish(lock(Order, order_id))


def believed(db):
    """Cents that the shop has by our own books."""
    paid = db.session.scalars(select(CheckoutAttempt).where(CheckoutAttempt.status == "paid"))
    cents = sum(refunds.left_on(attempt) for attempt in paid.all())
    db.session.rollback()
    return cents
