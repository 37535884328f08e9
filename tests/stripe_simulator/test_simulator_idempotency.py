"""The idempotency table."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import stripe
from simulator_cast import Control, Shop


def test_the_same_request_is_answered_the_same(shop: Shop) -> None:
    first = shop.open_session(key="k")
    again = shop.open_session(key="k")

    assert again.id == first.id
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(shop.v1.checkout.sessions.list().data) == 1


def test_the_stored_answer_is_replayed_although_the_object_changed(shop: Shop) -> None:
    first = shop.open_session(key="k")
    shop.v1.checkout.sessions.expire(first.id)
    assert shop.open_session(key="k").status == "open"


def test_other_parameters_or_another_path_are_refused(shop: Shop, paid: Any) -> None:
    shop.open_session(key="k")
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        shop.open_session(key="k", client_reference_id="other")
    with pytest.raises(stripe.IdempotencyError):
        shop.v1.refunds.create({"payment_intent": paid.payment_intent.id}, {"idempotency_key": "k"})


def test_refusals_are_replayed(shop: Shop, paid: Any) -> None:
    params: Any = {"payment_intent": paid.payment_intent.id, "amount": 99_999}
    for replayed in (None, "true"):
        with pytest.raises(stripe.InvalidRequestError, match="greater than") as refused:
            shop.v1.refunds.create(params, {"idempotency_key": "k"})
        assert refused.value.headers is not None
        assert refused.value.headers.get("Idempotent-Replayed") == replayed


def test_wrong_parameters_do_not_use_up_a_key(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shop.open_session(key="k", colour="red")
    assert shop.open_session(key="k").status == "open"


def test_a_second_request_meets_the_first_one_in_flight(shop: Shop, control: Control) -> None:
    control.post("/faults", kind="hang", seconds=2)
    first: list[Any] = []
    slow = threading.Thread(target=lambda: first.append(shop.open_session(key="k")))
    slow.start()
    while not control.get("/requests")["requests"]:
        pass

    with pytest.raises(stripe.APIError) as refused:
        Shop(shop.url).open_session(key="k")
    slow.join()

    assert refused.value.http_status == 409
    assert refused.value.error is not None
    assert refused.value.error.code == "idempotency_key_in_use"
    assert shop.open_session(key="k").id == first[0].id


def test_keys_are_forgotten_after_24_hours(shop: Shop, control: Control) -> None:
    first = shop.open_session(key="k")
    control.post("/clock", advance=24 * 3600 - 60)
    assert shop.open_session(key="k").id == first.id
    control.post("/clock", advance=120)
    assert shop.open_session(key="k").id != first.id


def test_a_key_has_at_most_255_characters(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="255"):
        shop.open_session(key="k" * 256)
