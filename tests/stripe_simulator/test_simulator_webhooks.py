"""Webhooks: signed, late, repeated, out of order, lost."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import stripe
from simulator_cast import SECRET, Buyer, Control, Inbox, Shop

PAYMENT_EVENTS = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
]


def test_events_arrive_signed_and_in_order(shop: Shop, buyer: Buyer, inbox: Inbox) -> None:
    session = shop.open_session()
    buyer.pays(session)
    inbox.wait_for(4)

    assert inbox.types() == PAYMENT_EVENTS
    body, signature = inbox.received[-1]
    event = stripe.Webhook.construct_event(body, signature, SECRET)
    assert event.data.object["id"] == session.id
    assert event.livemode is False
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signature, "whsec_other")


def test_an_event_is_delivered_again_until_it_is_taken(
    shop: Shop, inbox: Inbox, control: Control
) -> None:
    inbox.statuses = [500, 500]
    shop.v1.checkout.sessions.expire(shop.open_session().id)
    inbox.wait_for(3)
    assert len(set(inbox.ids())) == 1
    control.post("/webhooks/wait")
    (delivery,) = control.get("/webhooks")["deliveries"]
    assert (delivery["status"], delivery["attempts"]) == ("delivered", 3)
    assert shop.v1.events.retrieve(inbox.ids()[0]).pending_webhooks == 0


def test_after_the_last_attempt_an_event_is_given_up(
    shop: Shop, inbox: Inbox, control: Control
) -> None:
    inbox.statuses = [500, 302, 400]
    shop.v1.checkout.sessions.expire(shop.open_session().id)
    inbox.wait_for(3)
    control.post("/webhooks/wait")
    (delivery,) = control.get("/webhooks")["deliveries"]
    assert delivery["status"] == "failed"
    assert len(shop.v1.events.list({"delivery_success": False}).data) == 1


def test_an_endpoint_that_is_down_loses_nothing_else(
    shop: Shop, inbox: Inbox, control: Control
) -> None:
    control.post("/webhooks/endpoints", url="http://127.0.0.1:1/", secrets=["whsec_down"])
    shop.v1.checkout.sessions.expire(shop.open_session().id)
    inbox.wait_for(1)


@pytest.mark.parametrize(("order", "step"), [("created", 1), ("reversed", -1)])
def test_held_events_are_released_in_the_wanted_order(
    shop: Shop, buyer: Buyer, inbox: Inbox, control: Control, order: str, step: int
) -> None:
    control.post("/webhooks/hold")
    buyer.pays(shop.open_session())
    assert len(control.get("/webhooks")["pending"]) == 4
    assert inbox.received == []

    control.post("/webhooks/release", order=order)
    inbox.wait_for(4)
    assert inbox.types() == PAYMENT_EVENTS[::step]


def test_events_can_be_shuffled_and_put_into_any_order(
    shop: Shop, buyer: Buyer, inbox: Inbox, control: Control
) -> None:
    control.post("/webhooks/hold")
    buyer.pays(shop.open_session())
    ids = [d["event"] for d in control.get("/webhooks")["pending"]]
    wanted = [ids[2], ids[0], ids[3], ids[1]]
    control.post("/webhooks/release", order=wanted)
    inbox.wait_for(4)
    assert inbox.ids() == wanted

    control.post("/webhooks/hold")
    buyer.pays(shop.open_session())
    control.post("/webhooks/release", order="shuffled", seed=1)
    inbox.wait_for(8)
    assert sorted(inbox.types()[4:]) == sorted(PAYMENT_EVENTS)


def test_events_can_be_repeated(shop: Shop, inbox: Inbox, control: Control) -> None:
    control.post("/webhooks/repeat", times=3)
    shop.v1.checkout.sessions.expire(shop.open_session().id)
    inbox.wait_for(3)
    assert len(set(inbox.ids())) == 1


def test_events_can_be_dropped(shop: Shop, buyer: Buyer, inbox: Inbox, control: Control) -> None:
    control.post("/webhooks/drop", next=1, types=["checkout.*"])
    buyer.pays(shop.open_session())
    inbox.wait_for(3)
    control.post("/webhooks/hold")
    buyer.pays(shop.open_session())
    assert control.post("/webhooks/drop", types=["charge.*"]) == {"dropped": 1}
    control.post("/webhooks/release")
    inbox.wait_for(6)
    control.post("/webhooks/wait")
    assert inbox.types() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "payment_intent.created",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    assert shop.event_types().count("charge.succeeded") == 2


def test_an_event_can_be_sent_again_forged_or_old(
    shop: Shop, inbox: Inbox, control: Control
) -> None:
    shop.v1.checkout.sessions.expire(shop.open_session().id)
    inbox.wait_for(1)
    deliver = f"/events/{inbox.ids()[0]}/deliver"

    assert control.post(deliver, times=2) == {"statuses": [200, 200]}
    control.post(deliver, secret="whsec_forged")
    control.post(deliver, timestamp=int(time.time()) - 3600)

    forged, old = inbox.received[-2:]
    for body, signature in (forged, old):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, signature, SECRET)


def test_every_secret_of_an_endpoint_signs(shop: Shop, inbox: Inbox, control: Control) -> None:
    control.post("/webhooks/endpoints", url=inbox.url, secrets=["whsec_old", "whsec_new"])
    shop.v1.checkout.sessions.expire(shop.open_session().id)
    inbox.wait_for(1)
    body, signature = inbox.received[0]
    for secret in ("whsec_old", "whsec_new"):
        assert stripe.Webhook.construct_event(body, signature, secret)


def test_an_endpoint_gets_only_what_it_asked_for(
    shop: Shop, buyer: Buyer, inbox: Inbox, control: Control
) -> None:
    control.post(
        "/webhooks/endpoints", url=inbox.url, secrets=[SECRET], enabled_events=["checkout.*"]
    )
    buyer.pays(shop.open_session())
    inbox.wait_for(1)
    control.post("/webhooks/wait")
    assert inbox.types() == ["checkout.session.completed"]
    (endpoint,) = control.get("/webhooks")["endpoints"]
    control.delete(f"/webhooks/endpoints/{endpoint['id']}")
    assert control.get("/webhooks")["endpoints"] == []


@pytest.mark.parametrize(
    "url", ["http://example.com/hook", "https://127.0.0.1/", "ftp://localhost"]
)
def test_nothing_is_ever_sent_to_another_machine(control: Control, url: str) -> None:
    message = control.refused("/webhooks/endpoints", url=url, secrets=[SECRET])
    assert "on this machine" in message


def test_the_body_is_the_event_as_the_api_shows_it(shop: Shop, inbox: Inbox, paid: Any) -> None:
    inbox.received.clear()
    shop.v1.refunds.create({"payment_intent": paid.payment_intent.id})
    inbox.wait_for(2)
    sent = json.loads(inbox.received[0][0])
    shown = shop.raw("GET", f"/v1/events/{sent['id']}").json
    assert sent | {"pending_webhooks": 0} == shown | {"pending_webhooks": 0}
