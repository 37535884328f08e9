"""The same assertions against the simulator and, with STRIPE_TEST_KEY, against Stripe's test mode.

Only what an API key can do without a browser: nobody pays here.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from simulator_cast import Shop

from stripe_simulator import running_simulator
from stripe_simulator.oracles import responses

HALF_AN_HOUR = 30 * 60


class RealShop(Shop):
    """Talks to Stripe itself."""

    def __init__(self, key: str) -> None:
        super().__init__("https://api.stripe.com", key)


@pytest.fixture(params=["simulator", "stripe"])
def either(request: pytest.FixtureRequest) -> Iterator[Shop]:
    if request.param == "simulator":
        with running_simulator() as running:
            yield Shop(running.url)
        return
    key = os.environ.get("STRIPE_TEST_KEY", "")
    if not key:
        pytest.skip("STRIPE_TEST_KEY is not set")
    assert key.startswith(("sk_test_", "rk_test_")), "never run tests with a live key"
    yield RealShop(key)


def new_key() -> str:
    return f"contract-{uuid.uuid4()}"


def test_a_new_session_is_open_unpaid_and_without_intent(either: Shop) -> None:
    session = either.open_session(
        client_reference_id="order-1",
        metadata={"order": "1"},
        allowed_payment_method_types=["card"],
        adaptive_pricing={"enabled": False},
        expires_at=int(time.time()) + HALF_AN_HOUR + 300,
    )
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.payment_intent is None
    assert (session.amount_total, session.currency) == (3000, "eur")
    assert session.client_reference_id == "order-1"
    assert session.livemode is False
    assert session.url
    assert responses.defects(session.to_dict()) == []


def test_an_expired_session_stays_expired(either: Shop) -> None:
    session = either.open_session()
    expired = either.v1.checkout.sessions.expire(session.id)
    assert (expired.status, expired.payment_status, expired.url) == ("expired", "unpaid", None)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        either.v1.checkout.sessions.expire(session.id)
    assert refused.value.http_status == 400
    assert either.v1.checkout.sessions.retrieve(session.id).status == "expired"


def test_a_key_gives_the_same_session_again(either: Shop) -> None:
    key = new_key()
    first, again = either.open_session(key=key), either.open_session(key=key)
    assert first.id == again.id
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError) as refused:
        either.open_session(key=key, client_reference_id="other")
    assert refused.value.http_status == 400


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"colour": "red"}, "parameter_unknown"),
        ({"expires_at": 1}, None),
        ({"mode": "paymnt"}, None),
    ],
)
def test_wrong_parameters_are_refused(
    either: Shop, changes: dict[str, Any], code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        either.open_session(**changes)
    assert refused.value.http_status == 400
    assert refused.value.request_id
    assert refused.value.param == next(iter(changes))
    if code:
        assert refused.value.code == code


def test_a_total_below_the_minimum_is_refused(either: Shop) -> None:
    price = {"currency": "eur", "unit_amount": 10, "product_data": {"name": "Ticket"}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        either.open_session(line_items=[{"quantity": 1, "price_data": price}])
    assert refused.value.code == "amount_too_small"


def test_what_does_not_exist_is_missing(either: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        either.v1.checkout.sessions.retrieve("cs_test_nothing")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_lists_have_pages(either: Shop) -> None:
    older, newer = either.open_session().id, either.open_session().id
    first = either.v1.checkout.sessions.list({"limit": 1})
    assert [s.id for s in first.data] == [newer]
    assert first.has_more is True
    second = either.v1.checkout.sessions.list({"limit": 1, "starting_after": newer})
    assert [s.id for s in second.data] == [older]


def test_a_wrong_key_is_turned_away(either: Shop) -> None:
    with pytest.raises(stripe.AuthenticationError):
        Shop(either.url, "sk_wrong").v1.balance.retrieve()
