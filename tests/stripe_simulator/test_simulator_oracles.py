"""Both oracles, and what they say about the simulator and about Stripe's own fixtures."""

from __future__ import annotations

import copy
import importlib
import json
import pkgutil
import typing
from pathlib import Path
from typing import Any

import pytest
import typing_extensions
from simulator_cast import Buyer, Control, Shop
from stripe import params as contracts
from stripe.params.checkout import SessionCreateParams

from stripe_simulator.oracles import requests, responses

pytestmark = pytest.mark.thorough

FIXTURES = Path(__file__).parents[3] / "shared" / "stripe" / "fixtures3.json"

# Stripe's fixtures are a little older than the package, or know objects that it does not.
FIXTURES_THAT_DIFFER = {
    "event",  # its example is a plan with a field that plans no longer have
    "invoice",
    "issuing.settlement",
    "reserve.release",
    "sigma.sigma_api_query",
    "terminal.refund",
}

# Sent only when a call expands them, although the fixture shows them.
ONLY_WHEN_EXPANDED = {"charge": {"refunds"}}


@pytest.fixture(scope="module")
def fixtures() -> dict[str, Any]:
    if not FIXTURES.exists():
        pytest.skip(f"Stripe's fixtures are not at {FIXTURES}")
    return json.loads(FIXTURES.read_text())["resources"]


@pytest.fixture
def specimens(shop: Shop, buyer: Buyer, control: Control) -> dict[str, list[dict[str, Any]]]:
    """Every kind of object that the API sends, in all the states it can be in."""
    for card in ("4000000000000002", "4000002760003184"):
        shop.v1.checkout.sessions.expire(_try_to_pay(shop, buyer, card))
    _try_to_pay(shop, buyer, "4000002760003184")
    shop.open_session(
        allowed_payment_method_types=["card", "link"],
        adaptive_pricing={"enabled": False},
        customer_email="b@example.com",
        locale="de",
        submit_type="book",
    )
    for outcome in ("succeeded", "failed"):
        slow = shop.open_session()
        control.post(f"/sessions/{slow.id}/slow")
        control.post(f"/sessions/{slow.id}/pay")
        control.post(f"/sessions/{slow.id}/settle", outcome=outcome)
    for status in ("succeeded", "pending", "requires_action"):
        charge = _paid_charge(shop, buyer)
        control.post("/refunds/next", status=status)
        refund = shop.v1.refunds.create({"charge": charge, "amount": 700, "reason": "duplicate"})
        if status != "requires_action":
            control.post(f"/refunds/{refund.id}/settle", outcome="failed")
    for inquiry, outcome in ((False, "won"), (False, "lost"), (True, "won")):
        charge = _paid_charge(shop, buyer)
        dispute = control.post("/disputes", charge=charge, inquiry=inquiry)
        control.post(f"/disputes/{dispute['id']}/close", outcome=outcome)
    lists = {
        kind: shop.raw("GET", f"/v1/{path}", {"limit": 100}).json["data"]
        for kind, path in {
            "checkout.session": "checkout/sessions",
            "payment_intent": "payment_intents",
            "charge": "charges",
            "refund": "refunds",
            "dispute": "disputes",
            "event": "events",
        }.items()
    }
    session = lists["checkout.session"][0]["id"]
    items = shop.raw("GET", f"/v1/checkout/sessions/{session}/line_items").json["data"]
    expanded = [("expand[]", "payment_method"), ("expand[]", "latest_charge.balance_transaction")]
    paid = next(i["id"] for i in lists["payment_intent"] if i["status"] == "succeeded")
    intent = shop.raw("GET", f"/v1/payment_intents/{paid}", expanded).json
    return lists | {
        "item": items,
        "price": [items[0]["price"]],
        "payment_method": [intent["payment_method"]],
        "balance_transaction": [intent["latest_charge"]["balance_transaction"]],
        "balance": [shop.raw("GET", "/v1/balance").json],
    }


def test_every_object_looks_like_stripes(specimens: dict[str, list[dict[str, Any]]]) -> None:
    for kind, objects in specimens.items():
        assert objects, kind
        for document in objects:
            assert document["object"] == kind
            assert responses.defects(document) == []
            assert responses.missing_fields(document) == []
            assert document.get("livemode", False) is False


def test_every_object_has_the_fields_of_stripes_fixture(
    specimens: dict[str, list[dict[str, Any]]], fixtures: dict[str, Any]
) -> None:
    for kind, objects in specimens.items():
        wanted = set(fixtures[kind]) - ONLY_WHEN_EXPANDED.get(kind, set())
        for document in objects:
            missing = wanted - set(document)
            assert not missing, kind
            assert set(document) - wanted <= _documented_and_optional(kind)


def test_the_simulators_own_tests_break_no_contract(
    specimens: dict[str, list[dict[str, Any]]], control: Control
) -> None:
    assert specimens
    assert control.get("/violations") == {"violations": []}


def test_stripes_fixtures_pass(fixtures: dict[str, Any]) -> None:
    assert len(fixtures) == 176
    differing = {kind for kind, document in fixtures.items() if responses.defects(document)}
    assert differing == FIXTURES_THAT_DIFFER


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("status", "paid", "not in the enum"),
        ("amount_total", "30.00", "not int"),
        ("livemode", 0, "not bool"),
        ("total", 1, "not a field"),
        ("payment_intent", 5, "payment_intent"),
        ("custom_fields", {}, "not a list"),
        ("automatic_tax", {"enabled": "no"}, "automatic_tax.enabled"),
        ("metadata", "order=1", "metadata"),
        ("customer_details", {"mail": "x"}, "customer_details.mail"),
        ("payment_intent", {"object": "payment_intent", "amount": None}, "payment_intent.amount"),
    ],
)
def test_the_response_oracle_notices(shop: Shop, field: str, value: Any, complaint: str) -> None:
    document = shop.raw("GET", f"/v1/checkout/sessions/{shop.open_session().id}").json
    broken = copy.deepcopy(document) | {field: value}
    assert complaint in " ".join(responses.defects(broken))
    del document["expires_at"], document["automatic_tax"]["enabled"]
    assert responses.missing_fields(document) == [
        "checkout.session.automatic_tax.enabled",
        "checkout.session.expires_at",
    ]


def test_an_unknown_kind_of_object_is_a_defect() -> None:
    assert responses.defects({"object": "ticket"}) == ["no resource class for object 'ticket'"]


def test_the_request_oracle_turns_texts_into_numbers_booleans_and_lists() -> None:
    ticket = {"currency": "eur", "unit_amount": "1500", "product_data": {"name": "7"}}
    form = {
        "line_items": {"1": {"quantity": "2"}, "0": {"quantity": "1", "price_data": ticket}},
        "adaptive_pricing": {"enabled": "false"},
        "metadata": {"0": "1"},
        "allowed_payment_method_types": {"0": "card"},
    }
    params = requests.validate(SessionCreateParams, form)
    first, second = params["line_items"]
    assert (first["quantity"], second["quantity"]) == (1, 2)
    assert first["price_data"]["unit_amount"] == 1500
    assert first["price_data"]["product_data"] == {"name": "7"}
    assert params["adaptive_pricing"] == {"enabled": False}
    assert params["metadata"] == {"0": "1"}
    assert params["allowed_payment_method_types"] == ["card"]
    assert requests.validate(contracts.RefundListParams, {"created": {"gte": "5"}}) == {
        "created": {"gte": 5}
    }


@pytest.mark.parametrize(
    ("values", "param"),
    [
        ({"mode": "paymnt"}, "mode"),
        ({"locale": "tlh"}, "locale"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"allowed_payment_method_types": ["cash"]}, "allowed_payment_method_types[0]"),
        ({"line_items": [{"quantity": "x"}]}, "line_items[0][quantity]"),
        (
            {"line_items": [{"price_data": {"currency": "eur", "product_data": {}}}]},
            "line_items[0][price_data][product_data][name]",
        ),
        ({"payment_intent_data": {"transfergroup": "x"}}, "payment_intent_data[transfergroup]"),
        ({"idempotency_key": "k"}, "idempotency_key"),
    ],
)
def test_the_request_oracle_notices(values: dict[str, Any], param: str) -> None:
    with pytest.raises(requests.ParametersRefused) as refused:
        requests.validate(SessionCreateParams, values)
    assert [violation.param for violation in refused.value.violations] == [param]


def test_every_contract_of_the_package_can_be_closed() -> None:
    found = set(_all_contracts())
    assert len(found) > 800
    for contract in found:
        assert requests.model_for(contract)


def _all_contracts() -> typing.Iterator[type]:
    for module in pkgutil.walk_packages(contracts.__path__, contracts.__name__ + "."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if name.endswith("Params") and typing_extensions.is_typeddict(value):
                yield value


def _documented_and_optional(kind: str) -> set[str]:
    return {
        field
        for field, annotation in responses.fields_of(kind).items()
        if type(None) in typing.get_args(annotation)
    }


def _try_to_pay(shop: Shop, buyer: Buyer, card: str) -> str:
    session = shop.open_session()
    buyer.pays(session, card)
    return session.id


def _paid_charge(shop: Shop, buyer: Buyer) -> str:
    session_id = _try_to_pay(shop, buyer, "4242424242424242")
    return shop.session(session_id).payment_intent.latest_charge.id
