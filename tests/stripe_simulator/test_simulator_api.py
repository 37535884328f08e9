"""Keys, errors, expansion and lists: what all calls of the API have in common."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from simulator_cast import Buyer, Control, Shop


@pytest.mark.parametrize(
    ("key", "message"),
    [("sk_live_secret", "live key"), ("pk_test_1", "Invalid API Key"), ("sk_test_", "Invalid")],
)
def test_only_test_keys_are_let_in(shop: Shop, key: str, message: str) -> None:
    with pytest.raises(stripe.AuthenticationError, match=message) as refused:
        Shop(shop.url, key).v1.balance.retrieve()
    assert "secret" not in str(refused.value)


def test_no_key_is_unauthorized(shop: Shop) -> None:
    assert shop.raw("GET", "/v1/balance", Authorization="").status == 401


def test_basic_authentication_works_as_with_curl(shop: Shop) -> None:
    basic = "Basic c2tfdGVzdF9zaG9wOg=="  # sk_test_shop and an empty password
    assert shop.raw("GET", "/v1/balance", Authorization=basic).status == 200


def test_every_answer_names_its_request(shop: Shop) -> None:
    ok, wrong = shop.raw("GET", "/v1/balance"), shop.raw("GET", "/v1/refunds/re_0")
    assert ok.headers["request-id"].startswith("req_")
    assert wrong.headers["request-id"] != ok.headers["request-id"]


def test_errors_have_stripes_shape(shop: Shop) -> None:
    error = shop.raw("GET", "/v1/refunds/re_0").json["error"]
    assert error == {
        "message": "No such refund: 're_0'",
        "type": "invalid_request_error",
        "code": "resource_missing",
        "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
        "param": "id",
    }


def test_an_address_that_the_simulator_lacks_is_not_found(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        shop.v1.customers.list()


def test_another_api_version_is_refused(shop: Shop) -> None:
    answer = shop.raw("GET", "/v1/balance", Stripe_Version="2020-08-27")
    assert answer.status == 400
    assert "Stripe API version" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"limit": "ten"}, "parameter_invalid_integer", "limit"),
        ({"limit": "0"}, "parameter_invalid_integer", "limit"),
        ({"created[after]": "1"}, "parameter_unknown", "created[after]"),
        ({"starting_after": "re_0"}, "resource_missing", "starting_after"),
        ({"colour": "red", "size": "9"}, "parameter_unknown", "colour"),
    ],
)
def test_wrong_parameters_are_named(
    shop: Shop, params: dict[str, str], code: str, param: str
) -> None:
    answer = shop.raw("GET", "/v1/refunds", params)
    assert answer.status == 400
    assert (answer.json["error"]["code"], answer.json["error"]["param"]) == (code, param)


@pytest.mark.parametrize("name", ["a[b", "a=1&a[b]=2", "[a]"])
def test_unreadable_names_are_refused(shop: Shop, name: str) -> None:
    answer = shop.raw("POST", f"/v1/refunds?{name}=1")
    assert answer.status == 400


def test_violations_are_recorded_for_tests(shop: Shop, control: Control) -> None:
    shop.v1.balance.retrieve()
    assert control.get("/violations") == {"violations": []}

    shop.raw("GET", "/v1/refunds", {"colour": "red"})

    (entry,) = control.get("/violations")["violations"]
    assert entry["path"] == "/v1/refunds"
    assert entry["violations"] == ["colour: Extra inputs are not permitted"]


def test_requests_are_recorded(shop: Shop, control: Control) -> None:
    session = shop.open_session(key="order-1", metadata={"order": "1"})

    (entry,) = control.get("/requests")["requests"]
    assert (entry["method"], entry["path"]) == ("POST", "/v1/checkout/sessions")
    assert (entry["idempotency_key"], entry["status"]) == ("order-1", 200)
    assert entry["params"]["metadata"] == {"order": "1"}
    assert session.last_response is not None
    assert entry["request_id"] == session.last_response.request_id

    control.delete("/requests")
    assert control.get("/requests") == {"requests": []}


def test_expand_puts_objects_in_place_of_ids(shop: Shop, paid: Any) -> None:
    plain = shop.v1.checkout.sessions.retrieve(paid.id)
    assert isinstance(plain.payment_intent, str)

    page = shop.v1.checkout.sessions.list(
        {"expand": ["data.payment_intent.latest_charge.balance_transaction"]}
    )
    charge = page.data[0].payment_intent.latest_charge  # type: ignore[union-attr]
    assert charge.balance_transaction.amount == 3000  # type: ignore[union-attr]

    full = shop.v1.checkout.sessions.retrieve(
        paid.id, {"expand": ["line_items", "payment_intent.payment_method", "setup_intent"]}
    )
    assert full.line_items is not None
    assert full.line_items.data[0].description == "Ticket"
    assert full.payment_intent.payment_method.type == "card"  # type: ignore[union-attr]
    assert full.setup_intent is None


def test_a_charge_shows_its_refunds_only_when_asked(shop: Shop, paid: Any) -> None:
    charge_id = paid.payment_intent.latest_charge.id
    refund = shop.v1.refunds.create({"charge": charge_id})
    assert "refunds" not in shop.v1.charges.retrieve(charge_id)
    charge = shop.v1.charges.retrieve(charge_id, {"expand": ["refunds"]})
    assert charge.refunds is not None
    assert [r.id for r in charge.refunds.data] == [refund.id]


@pytest.mark.parametrize(
    "path", ["amount_total", "nonsense", "total_details.amount_tax", "a.b.c.d.e"]
)
def test_what_is_no_object_cannot_be_expanded(shop: Shop, path: str) -> None:
    session = shop.open_session()
    with pytest.raises(stripe.InvalidRequestError, match="expand"):
        shop.v1.checkout.sessions.retrieve(session.id, {"expand": [path]})


def test_lists_are_newest_first_and_come_in_pages(shop: Shop) -> None:
    ids = [shop.open_session().id for _ in range(5)][::-1]
    sessions = shop.v1.checkout.sessions

    first = sessions.list({"limit": 2})
    assert ([s.id for s in first.data], first.has_more) == (ids[:2], True)
    assert first.url == "/v1/checkout/sessions"
    second = sessions.list({"limit": 3, "starting_after": ids[1]})
    assert ([s.id for s in second.data], second.has_more) == (ids[2:], False)
    back = sessions.list({"limit": 2, "ending_before": ids[3]})
    assert ([s.id for s in back.data], back.has_more) == (ids[1:3], True)
    assert [s.id for s in sessions.list({"limit": 2}).auto_paging_iter()] == ids


def test_events_are_listed_by_type_and_time(shop: Shop, buyer: Buyer, control: Control) -> None:
    buyer.pays(shop.open_session())
    control.post("/clock", advance=3600)
    later = shop.v1.checkout.sessions.expire(shop.open_session().id)
    events = shop.v1.events

    def types(**params: Any) -> list[str]:
        return [event.type for event in events.list({"limit": 100, **params}).data]  # type: ignore[arg-type]

    assert types(type="checkout.session.expired") == ["checkout.session.expired"]
    assert types(type="charge.*") == ["charge.succeeded"]
    assert types(types=["payment_intent.created", "charge.succeeded"]) == [
        "charge.succeeded",
        "payment_intent.created",
    ]
    assert types(created={"gte": later.created}) == ["checkout.session.expired"]
    newest = events.list({"limit": 1}).data[0]
    assert events.retrieve(newest.id).data.object["id"] == later.id


def test_events_of_api_calls_name_the_request(shop: Shop, paid: Any) -> None:
    shop.v1.refunds.create(
        {"payment_intent": paid.payment_intent.id}, {"idempotency_key": "refund-1"}
    )
    by_call = shop.v1.events.list({"type": "charge.refunded"}).data[0].request
    by_buyer = shop.v1.events.list({"type": "charge.succeeded"}).data[0].request
    assert by_call is not None
    assert by_buyer is not None
    assert by_call.idempotency_key == "refund-1"
    assert by_buyer.id is None


def test_intents_charges_and_the_balance_can_be_read(shop: Shop, paid: Any) -> None:
    intent, charge = paid.payment_intent, paid.payment_intent.latest_charge
    assert shop.v1.payment_intents.retrieve(intent.id).latest_charge == charge.id
    assert [i.id for i in shop.v1.payment_intents.list().data] == [intent.id]
    assert [c.id for c in shop.v1.charges.list({"payment_intent": intent.id}).data] == [charge.id]
    assert shop.v1.balance.retrieve().pending[0].currency == "eur"
