"""Control calls that no other test is about, and whether README.md describes all of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from simulator_cast import Control, Shop

import stripe_simulator
from stripe_simulator.app import create_app
from stripe_simulator.simulator import Simulator

README = Path(stripe_simulator.__file__).with_name("README.md")


@pytest.mark.parametrize(
    ("card", "authentication", "outcome", "payment_status"),
    [
        ("4242424242424242", None, "paid", "paid"),
        ("4000000000000002", None, "declined", "unpaid"),
        ("4000002760003184", None, "authenticate", "unpaid"),
        ("4000002760003184", "complete", "paid", "paid"),
        ("4000002760003184", "fail", "declined", "unpaid"),
    ],
)
def test_a_session_is_paid_without_a_browser(
    shop: Shop,
    control: Control,
    card: str,
    authentication: str | None,
    outcome: str,
    payment_status: str,
) -> None:
    session = shop.open_session()
    answer = control.post(f"/sessions/{session.id}/pay", card=card, authentication=authentication)
    assert answer["outcome"] == outcome
    assert answer["session"]["payment_status"] == payment_status
    assert shop.session(session.id).payment_status == payment_status


def test_paying_an_expired_session_does_nothing(shop: Shop, control: Control) -> None:
    session = shop.open_session()
    shop.v1.checkout.sessions.expire(session.id)
    assert control.post(f"/sessions/{session.id}/pay")["outcome"] == "closed"


def test_a_slow_session_is_paid_slowly(shop: Shop, control: Control) -> None:
    session = shop.open_session()
    control.post(f"/sessions/{session.id}/slow")
    assert control.post(f"/sessions/{session.id}/pay")["outcome"] == "processing"
    settled = control.post(f"/sessions/{session.id}/settle", outcome="succeeded")
    assert settled["payment_status"] == "paid"
    assert "no payment" in control.refused(f"/sessions/{session.id}/settle", outcome="failed")


def test_the_next_session_can_be_made_to_differ(shop: Shop, control: Control) -> None:
    control.post("/sessions/next", amount_total=1, currency="usd", client_reference_id="other")
    wrong = shop.open_session(client_reference_id="order-1")
    assert (wrong.amount_total, wrong.currency) == (1, "usd")
    assert wrong.client_reference_id == "other"
    assert shop.open_session().amount_total == 3000

    control.post(f"/sessions/{wrong.id}/pay")
    assert shop.session(wrong.id).payment_intent.amount == 1


def test_any_object_can_be_changed(shop: Shop, control: Control, paid: Any) -> None:
    control.patch(f"/objects/{paid.id}", livemode=True, amount_total=5)
    assert shop.session(paid.id).livemode is True
    control.patch(f"/objects/{paid.payment_intent.id}", status="canceled")
    assert shop.session(paid.id).payment_intent.status == "canceled"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/sessions/cs_test_0/pay", "No such checkout.session"),
        ("/disputes/du_0/close", "outcome"),
        ("/clock", "advance"),
        ("/sessions/next", "fields to change"),
        ("/events/evt_0/deliver", "No such event"),
    ],
)
def test_nonsense_is_refused(control: Control, path: str, message: str) -> None:
    assert message in control.refused(path)


def test_every_control_call_is_described() -> None:
    described = README.read_text()
    calls = [
        f"`{method} {re.sub('<.*?>', '<id>', rule.rule)}`"
        for rule in create_app(Simulator()).url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/_sim/")
    ]
    assert len(calls) > 25
    assert [call for call in calls if call not in described] == []
