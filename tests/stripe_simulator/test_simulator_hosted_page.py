"""The payment page, as a buyer meets it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from simulator_cast import CANCEL_URL, Buyer, Control, Shop

DECLINED, POOR, SECURE = "4000 0000 0000 0002", "4000 0000 0000 9995", "4000 0027 6000 3184"


def test_the_page_shows_what_is_sold_and_a_labelled_card_form(shop: Shop, buyer: Buyer) -> None:
    session = shop.open_session(customer_email="bea@example.com")

    page = buyer.sees(session)

    assert page.status == 200
    assert "Simulated payment page, no money moves" in page.text
    assert "Ticket</td>" in page.text
    assert "30.00 EUR" in page.text
    assert f'<a href="{CANCEL_URL}">Back</a>' in page.text
    for label in ("Email", "Card number", "Expiry", "CVC", "Name on card"):
        name = re.search(rf'<label for="(\w+)">{label}</label>', page.text)
        assert name, label
        assert f'id="{name[1]}"' in page.text
    assert 'value="bea@example.com"' in page.text
    assert 'value="4242 4242 4242 4242"' in page.text
    assert "<script" not in page.text


def test_paying_completes_the_session_and_leads_to_the_success_url(
    shop: Shop, buyer: Buyer
) -> None:
    session = shop.open_session(payment_intent_data={"metadata": {"order": "7"}})

    answer = buyer.pays(session)

    assert answer.status == 303
    assert answer.headers["location"] == f"http://localhost:1/paid?session={session.id}"
    paid = shop.session(session.id)
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    assert paid.customer_details.email == "buyer@example.com"
    intent, charge = paid.payment_intent, paid.payment_intent.latest_charge
    assert (intent.status, intent.amount_received) == ("succeeded", 3000)
    assert intent.metadata.to_dict() == charge.metadata.to_dict() == {"order": "7"}
    assert (charge.status, charge.paid, charge.amount) == ("succeeded", True, 3000)
    assert shop.event_types() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


@pytest.mark.parametrize(
    ("card", "message", "decline_code"),
    [
        (DECLINED, "Your card was declined.", "generic_decline"),
        (POOR, "Your card has insufficient funds.", "insufficient_funds"),
    ],
)
def test_a_declined_card_leaves_the_session_open_for_another(
    shop: Shop, buyer: Buyer, card: str, message: str, decline_code: str
) -> None:
    session = shop.open_session()

    answer = buyer.pays(session, card)

    assert answer.status == 402
    assert message in answer.text
    declined = shop.session(session.id)
    assert (declined.status, declined.payment_status) == ("open", "unpaid")
    intent = declined.payment_intent
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.decline_code == decline_code
    assert (intent.latest_charge.status, intent.latest_charge.paid) == ("failed", False)
    assert shop.event_types()[-2:] == ["charge.failed", "payment_intent.payment_failed"]

    assert buyer.pays(session).status == 303
    assert shop.session(session.id).payment_intent.id == intent.id


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("number", "4242 4242 4242 4241", "Your card number is invalid."),
        ("expiry", "12 / 20", "expiration date is in the past"),
        ("expiry", "soon", "expiration date is incomplete"),
        ("cvc", "1", "security code is incomplete"),
        ("email", "bea", "Enter your email address."),
        ("name", " ", "Enter the name on the card."),
    ],
)
def test_a_mistake_is_told_next_to_its_field_and_nothing_is_charged(
    shop: Shop, buyer: Buyer, field: str, value: str, message: str
) -> None:
    session = shop.open_session()

    answer = buyer.pays(session, **{field: value})

    assert answer.status == 422
    assert message.replace("'", "&#39;") in answer.text
    assert f'aria-describedby="{field}-mistake"' in answer.text
    assert shop.session(session.id).payment_intent is None


def test_a_completed_authentication_pays(shop: Shop, buyer: Buyer) -> None:
    session = shop.open_session()

    answer = buyer.pays(session, SECURE)

    assert answer.headers["location"] == f"/c/pay/{session.id}/authenticate"
    assert shop.session(session.id).payment_intent.status == "requires_action"
    assert buyer.authenticates(session, "complete").status == 303
    assert shop.session(session.id).payment_status == "paid"


def test_a_failed_authentication_leaves_the_session_open(shop: Shop, buyer: Buyer) -> None:
    session = shop.open_session()
    buyer.pays(session, SECURE)

    answer = buyer.authenticates(session, "fail")

    assert answer.status == 402
    assert "unable to authenticate" in answer.text
    failed = shop.session(session.id)
    assert (failed.status, failed.payment_intent.status) == ("open", "requires_payment_method")
    assert failed.payment_intent.latest_charge is None


@pytest.mark.parametrize("step", ["sees", "pays", "authenticates"])
def test_an_expired_page_takes_no_money(shop: Shop, buyer: Buyer, step: str) -> None:
    session = shop.open_session()
    buyer.pays(session, SECURE)
    shop.v1.checkout.sessions.expire(session.id)

    answer = {
        "sees": lambda: buyer.sees(session),
        "pays": lambda: buyer.pays(session),
        "authenticates": lambda: buyer.authenticates(session, "complete"),
    }[step]()

    assert answer.status == 410
    assert "no longer valid" in answer.text
    assert CANCEL_URL in answer.text
    assert shop.session(session.id).payment_status == "unpaid"
    assert "charge.succeeded" not in shop.event_types()


def test_the_page_of_a_paid_session_says_so(buyer: Buyer, paid: Any) -> None:
    answer = buyer.sees(paid)
    assert answer.status == 410
    assert "already paid" in answer.text


def test_an_unknown_page_is_not_found(buyer: Buyer) -> None:
    class Nothing:
        id = "cs_test_nothing"

    assert buyer.sees(Nothing).status == 404


@pytest.mark.parametrize(
    ("outcome", "payment_status", "intent_status"),
    [("succeeded", "paid", "succeeded"), ("failed", "unpaid", "requires_payment_method")],
)
def test_a_slow_payment_completes_the_session_and_settles_later(
    shop: Shop,
    buyer: Buyer,
    control: Control,
    outcome: str,
    payment_status: str,
    intent_status: str,
) -> None:
    session = shop.open_session()
    control.post(f"/sessions/{session.id}/slow")
    assert "Bank debit" in buyer.sees(session).text

    assert buyer.pays(session).status == 303
    waiting = shop.session(session.id)
    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    assert waiting.payment_intent.status == "processing"

    control.post(f"/sessions/{session.id}/settle", outcome=outcome)
    settled = shop.session(session.id)
    assert (settled.status, settled.payment_status) == ("complete", payment_status)
    assert settled.payment_intent.status == intent_status
    assert shop.event_types()[-1] == f"checkout.session.async_payment_{outcome}"
