import json
import time

import pytest
import stripe as stripe_package
from sqlalchemy import func, select

from app import schedule
from app.config import SIMULATOR_WEBHOOK_SECRET
from app.orders.models import OrderStatus
from app.payments import checkout, gateway, reconciliation, webhooks
from app.payments.gateway import Notice
from app.payments.models import CheckoutAttempt, StripeEvent


def an_event(session_id, *, id="evt_1", type="checkout.session.completed", livemode=False):
    return json.dumps(
        {
            "id": id,
            "object": "event",
            "type": type,
            "livemode": livemode,
            "data": {"object": {"id": session_id, "payment_status": "paid"}},
        }
    )


def signed(payload, *, secret=SIMULATOR_WEBHOOK_SECRET, at=None):
    header = stripe_package.WebhookSignature.generate_signature_header(
        payload=payload, secret=secret, timestamp=int(at or time.time())
    )
    return {"data": payload, "headers": {"Stripe-Signature": header}}


def inbox(db):
    found = [tuple(row) for row in db.session.execute(select(StripeEvent.id, StripeEvent.status))]
    db.session.rollback()
    return found


@pytest.fixture
def hook(app):
    client = app.test_client()
    return lambda **request: client.post("/webhooks/stripe", **request)


def test_a_signed_event_is_stored_and_answered_and_worked_off_later(
    hook, stripe, begun, order_of, db
):
    order_id, session_id = begun()
    stripe.pay(session_id)
    assert hook(**signed(an_event(session_id))).status_code == 200
    assert inbox(db) == [("evt_1", "received")]
    assert order_of(order_id).status == OrderStatus.AWAITING_PAYMENT

    webhooks.process_due()
    assert inbox(db) == [("evt_1", "done")]
    assert order_of(order_id).status == OrderStatus.COMPLETED


def test_an_event_that_lies_about_a_payment_completes_nothing(hook, stripe, begun, order_of):
    order_id, session_id = begun()
    hook(**signed(an_event(session_id)))
    webhooks.process_due()
    assert order_of(order_id).status == OrderStatus.AWAITING_PAYMENT


def test_ten_times_the_same_event_is_one(hook, stripe, begun, db):
    _, session_id = begun()
    for _ in range(10):
        assert hook(**signed(an_event(session_id))).status_code == 200
    assert inbox(db) == [("evt_1", "received")]


@pytest.mark.parametrize(
    "request_",
    [
        lambda payload: {"data": payload},
        lambda payload: signed(payload, secret="whsec_of_somebody_else"),
        lambda payload: signed(payload, at=time.time() - 3600),
        lambda payload: signed(payload) | {"data": payload + " "},
        lambda payload: signed("not json"),
        lambda payload: signed('{"id": "evt_1"}'),
        lambda payload: {"data": b"\xff\xfe", "headers": {"Stripe-Signature": "t=1,v1=x"}},
    ],
)
def test_what_is_not_signed_by_stripe_changes_nothing(request_, hook, stripe, begun, db):
    _, session_id = begun()
    assert hook(**request_(an_event(session_id))).status_code == 400
    assert inbox(db) == []


def test_an_event_of_the_other_mode_changes_nothing(hook, stripe, begun, db):
    _, session_id = begun()
    assert hook(**signed(an_event(session_id, livemode=True))).status_code == 200
    assert inbox(db) == []


def test_a_body_that_is_too_large_is_refused(hook, stripe):
    assert hook(**signed("x" * 600_000)).status_code == 413


def test_any_of_several_secrets_fits(app, stripe, begun, monkeypatch):
    _, session_id = begun()
    settings = app.config["TICKETBAY"].model_copy(
        update={"stripe_webhook_secret": ("whsec_old", "whsec_new")}
    )
    monkeypatch.setitem(app.config, "TICKETBAY", settings)
    request = signed(an_event(session_id), secret="whsec_new")
    notice = gateway.read_webhook(request["data"].encode(), request["headers"]["Stripe-Signature"])
    assert notice.object_id == session_id


def test_an_event_that_fails_is_tried_again_and_holds_back_no_other(
    stripe, begun, order_of, db, later
):
    order_id, session_id = begun()
    stripe.pay(session_id)
    webhooks.take_in(Notice("evt_bad", "charge.refunded", "ch_unknown", False))
    webhooks.take_in(Notice("evt_good", "checkout.session.completed", session_id, False))
    assert webhooks.process_due() == 1
    assert order_of(order_id).status == OrderStatus.COMPLETED
    assert dict(inbox(db)) == {"evt_bad": "received", "evt_good": "done"}
    later(minutes=1)
    assert webhooks.process_due() == 0
    assert db.session.scalar(select(StripeEvent.tries).where(StripeEvent.id == "evt_bad")) == 2


def test_two_workers_do_not_work_on_the_same_event(stripe, begun, db):
    _, session_id = begun()
    webhooks.take_in(Notice("evt_1", "checkout.session.completed", session_id, False))
    assert webhooks.process("evt_1") is True
    assert webhooks.process("evt_1") is False


def test_types_nobody_handles_are_not_kept(stripe, app, db):
    assert webhooks.take_in(Notice("evt_1", "customer.created", "cus_1", False)) is False
    assert db.session.scalar(select(func.count()).select_from(StripeEvent)) == 0


def test_without_any_webhook_a_payment_settles_after_ten_minutes(
    stripe, begun, order_of, later, monkeypatch
):
    order_id, session_id = begun()
    stripe.pay(session_id)
    monkeypatch.setattr(reconciliation.gateway, "events_since", lambda *_: [])
    later(minutes=9)
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.AWAITING_PAYMENT
    later(minutes=10, seconds=5)
    schedule.run("follow-up")
    assert order_of(order_id).status == OrderStatus.COMPLETED


def test_missed_events_are_fetched_from_stripe_once(stripe, begun, order_of, later, db):
    order_id, session_id = begun()
    stripe.pay(session_id)
    assert reconciliation.fetch_missed_events() == 1
    assert reconciliation.fetch_missed_events() == 0
    later(minutes=2)
    assert reconciliation.fetch_missed_events() == 0
    webhooks.process_due()
    assert order_of(order_id).status == OrderStatus.COMPLETED


def test_an_attempt_whose_page_never_opened_is_closed(stripe, reserved, later, db):
    order_id = reserved()
    checkout._begin(order_id)  # and then the process dies
    later(minutes=11)
    reconciliation.settle_old_attempts()
    assert db.session.scalars(select(CheckoutAttempt.status)).all() == ["closed"]
