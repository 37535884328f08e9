"""Each fault that a test can arm, as the shop meets it."""

from __future__ import annotations

import pytest
import stripe
from simulator_cast import Control, Shop

from tests.support.processes import until


def sessions_made(shop: Shop) -> int:
    return len(shop.v1.checkout.sessions.list().data)


@pytest.mark.parametrize(
    ("kind", "error"), [("409", stripe.APIError), ("429", stripe.RateLimitError)]
)
def test_a_refused_call_did_nothing_and_its_key_is_free(
    shop: Shop, control: Control, kind: str, error: type[stripe.StripeError]
) -> None:
    control.post("/faults", kind=kind)
    with pytest.raises(error) as refused:
        shop.open_session(key="k")
    assert refused.value.http_status == int(kind)
    assert sessions_made(shop) == 0
    assert shop.open_session(key="k").status == "open"


def test_a_500_without_work_is_replayed(shop: Shop, control: Control) -> None:
    control.post("/faults", kind="500")
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failed:
            shop.open_session(key="k")
        assert failed.value.http_status == 500
    assert sessions_made(shop) == 0
    assert shop.open_session(key="fresh").status == "open"


def test_a_500_after_work_is_replayed_too(shop: Shop, control: Control) -> None:
    control.post("/faults", kind="500_after_work")
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            shop.open_session(key="k")
    assert sessions_made(shop) == 1


def test_a_lost_reply_is_found_under_its_key(shop: Shop, control: Control) -> None:
    control.post("/faults", kind="lost_reply")
    with pytest.raises(stripe.APIConnectionError):
        shop.open_session(key="k")
    (made,) = shop.v1.checkout.sessions.list().data
    assert shop.open_session(key="k").id == made.id


def test_a_reset_connection_left_nothing(shop: Shop, control: Control) -> None:
    control.post("/faults", kind="reset")
    with pytest.raises(stripe.APIConnectionError):
        shop.open_session(key="k")
    assert sessions_made(shop) == 0
    assert shop.open_session(key="k").status == "open"


def test_a_hanging_call_outlasts_an_impatient_client(shop: Shop, control: Control) -> None:
    control.post("/faults", kind="hang", method="POST", seconds=1.5)
    impatient = stripe.StripeClient(
        "sk_test_shop",
        base_addresses={"api": shop.url},
        http_client=stripe.RequestsClient(timeout=(5, 0.3)),
        max_network_retries=0,
    )
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.checkout.sessions.create(shop.session_params(), {"idempotency_key": "k"})
    assert until(lambda: sessions_made(shop), seconds=20) == 1


def test_faults_hit_only_what_they_name(shop: Shop, control: Control) -> None:
    control.post("/faults", kind="429", method="POST", path="/v1/checkout/*", skip=1, count=2)
    assert shop.v1.balance.retrieve()
    assert shop.open_session()
    for _ in range(2):
        with pytest.raises(stripe.RateLimitError):
            shop.open_session()
    assert shop.open_session()
    assert control.get("/faults") == {"faults": []}


def test_the_stripe_package_retries_its_way_through(shop: Shop, control: Control) -> None:
    control.post("/faults", kind="lost_reply")
    patient = stripe.StripeClient(
        "sk_test_shop", base_addresses={"api": shop.url}, max_network_retries=1
    )
    patient.v1.checkout.sessions.create(shop.session_params())
    assert sessions_made(shop) == 1


def test_faults_can_be_disarmed_and_typos_are_refused(shop: Shop, control: Control) -> None:
    control.post("/faults", kind="500", count=9)
    control.delete("/faults")
    assert shop.open_session()
    assert "kind" in control.refused("/faults", kind="503")
    assert "times" in control.refused("/faults", kind="500", times=2)
