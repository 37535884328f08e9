"""Checkout sessions through the API."""

from __future__ import annotations

import time
from typing import Any

import pytest
import stripe
from simulator_cast import Buyer, Control, Shop

HOUR = 3600


def test_a_new_session_is_open_and_has_no_payment_intent(shop: Shop) -> None:
    session = shop.open_session(
        client_reference_id="order-1", customer_email="b@example.com", metadata={"order": "1"}
    )

    assert session.id.startswith("cs_test_")
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.payment_intent is None
    assert (session.amount_total, session.currency) == (3000, "eur")
    assert session.client_reference_id == "order-1"
    assert session.metadata.to_dict() == {"order": "1"}
    assert session.customer_email == "b@example.com"
    assert session.livemode is False
    assert session.url.startswith("http://localhost:")


def test_a_session_lives_24_hours_unless_told_otherwise(shop: Shop) -> None:
    session = shop.open_session()
    assert session.expires_at - session.created == 24 * HOUR


@pytest.mark.parametrize("life", [30 * 60 - 5, 24 * HOUR + 5])
def test_a_life_outside_of_30_minutes_to_24_hours_is_refused(shop: Shop, life: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.open_session(expires_at=int(time.time()) + life)
    assert refused.value.param == "expires_at"


@pytest.mark.parametrize(
    ("cents", "code"), [(49, "amount_too_small"), (100_000_000, "amount_too_large")]
)
def test_amounts_that_no_card_pays_are_refused(shop: Shop, cents: int, code: str) -> None:
    price = {"currency": "eur", "unit_amount": cents, "product_data": {"name": "T"}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.open_session(line_items=[{"quantity": 1, "price_data": price}])
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
        ({"payment_intent_data": {"meta": "x"}}, "parameter_unknown", "payment_intent_data[meta]"),
        ({"ui_mode": "hosted"}, None, "ui_mode"),
        ({"mode": "subscription"}, None, "mode=subscription"),
        ({"discounts": [{"coupon": "half"}]}, None, "discounts"),
        ({"line_items": []}, "parameter_missing", "line_items"),
        ({"line_items": [{"price": "price_1"}]}, "resource_missing", "line_items[0][price]"),
        ({"metadata": {"k": "v" * 501}}, None, "metadata"),
    ],
)
def test_what_stripe_would_refuse_or_the_simulator_ignore_is_refused(
    shop: Shop, changes: dict[str, Any], code: str | None, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.open_session(**changes)
    assert (refused.value.code, refused.value.param) == (code, param)


def test_an_open_session_can_be_expired_once(shop: Shop) -> None:
    session = shop.open_session()

    expired = shop.v1.checkout.sessions.expire(session.id)

    assert (expired.status, expired.payment_status, expired.url) == ("expired", "unpaid", None)
    with pytest.raises(stripe.InvalidRequestError, match="status of `expired`"):
        shop.v1.checkout.sessions.expire(session.id)
    assert shop.event_types() == ["checkout.session.expired"]


def test_a_paid_session_cannot_be_expired(shop: Shop, paid: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="status of `complete`"):
        shop.v1.checkout.sessions.expire(paid.id)


def test_a_session_expires_by_itself_when_its_time_is_over(shop: Shop, control: Control) -> None:
    session = shop.open_session(expires_at=int(time.time()) + 35 * 60)

    control.post("/clock", advance=34 * 60)
    assert shop.session(session.id).status == "open"
    control.post("/clock", advance=2 * 60)

    assert shop.event_types() == ["checkout.session.expired"]
    assert shop.session(session.id).status == "expired"


def test_expiring_after_a_declined_card_cancels_the_intent(shop: Shop, buyer: Buyer) -> None:
    session = shop.open_session()
    buyer.pays(session, "4000 0000 0000 0002")

    shop.v1.checkout.sessions.expire(session.id)

    assert shop.session(session.id).payment_intent.status == "canceled"


def test_an_unknown_session_is_missing(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.checkout.sessions.retrieve("cs_test_nope")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_sessions_are_listed_by_status_and_payment_intent(shop: Shop, paid: Any) -> None:
    waiting = shop.open_session()

    by_status = shop.v1.checkout.sessions.list({"status": "open"}).data
    by_intent = shop.v1.checkout.sessions.list({"payment_intent": paid.payment_intent.id}).data

    assert [s.id for s in by_status] == [waiting.id]
    assert [s.id for s in by_intent] == [paid.id]


def test_line_items_say_what_was_sold(shop: Shop) -> None:
    session = shop.open_session()
    (item,) = shop.v1.checkout.sessions.line_items.list(session.id).data
    assert (item.description, item.quantity, item.amount_total) == ("Ticket", 2, 3000)
    assert item.price is not None
    assert item.price.unit_amount == 1500
