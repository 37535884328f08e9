"""The API's description is complete, correct, and true of what it describes."""

import json
import re

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.api import PREFIX
from app.api.document import operations
from app.api.examples import example_of
from app.api.schemas import Input, Output
from app.web.problems import kinds_of_refusals, name_of_refusal
from tests.support.programs import Program

NOT_DESCRIBED = {"api_document.openapi"}

# Programs tell problems apart by these names: none may change or go.
KINDS = {
    "address-taken",
    "conflict",
    "event-over",
    "forbidden",
    "invalid",
    "key-in-use",
    "key-used-for-another",
    "likely-duplicates",
    "malformed",
    "not-as-described",
    "nothing-to-pay",
    "offer-changed",
    "own-tickets",
    "seats-offered-already",
    "tickets-held",
    "tickets-unavailable",
    "too-late-to-cancel",
    "too-late-to-pay",
    "too-many-unpaid-orders",
    "unauthenticated",
    "unavailable",
    "version-missing",
    "version-stale",
    "wrong-credentials",
    "wrong-media-type",
}


@pytest.fixture
def described(app):
    """The operations by name, each with its route."""
    return {rule.endpoint: (rule, operation) for rule, operation in operations(app)}


@pytest.fixture
def document(app):
    answer = app.test_client().get(f"{PREFIX}/openapi.json")
    assert answer.status_code == 200
    return answer.json


def test_the_document_is_openapi(document):
    assert document["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_a_document_that_is_none_is_noticed(document):
    document["paths"]["/users"]["post"]["requestBody"] = {"content": 1}
    assert list(OpenAPIV31SpecValidator(document).iter_errors())


def test_every_route_of_the_api_is_described(app, described):
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith(PREFIX)}
    assert routes - set(described) == NOT_DESCRIBED


@pytest.mark.parametrize("body", ["{", "text", '{"q": "blur"}'])
def test_what_becomes_of_a_body_that_nobody_asked_for_is_described(app, document, body):
    for media_type in ("application/json", "text/plain"):
        answer = Program(app).get("/events", data=body, content_type=media_type)
        assert str(answer.status_code) in document["paths"]["/events"]["get"]["responses"]
        assert answer.status_code in (400, 415, 422)


def test_every_operation_says_what_it_does(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"].endswith("."), (method, path)
            assert {"422", "500", "503"} <= set(operation["responses"]), (method, path)
            if operation["security"]:
                assert "401" in operation["responses"], (method, path)


def test_who_makes_something_is_told_where_to_find_it(document):
    told = {
        (path, operation["operationId"])
        for path, methods in document["paths"].items()
        for operation in methods.values()
        for answer in operation["responses"].values()
        if "Location" in answer.get("headers", {})
    }
    assert told == {
        ("/events", "create_event"),
        ("/listings", "create_listing"),
        ("/orders", "create_order"),
        ("/webhook-endpoints", "create_webhook_endpoint"),
    }


def test_examples_are_what_they_are_examples_of(described):
    models = {
        model
        for _, operation in described.values()
        for model in (operation.body, *operation.answers.values())
        if model
    }
    assert models
    for model in models:
        for example in (example_of(model), *model.model_json_schema().get("examples", ())):
            made = model.model_validate_json(json.dumps(example))
            if issubclass(model, Output):
                assert made.model_dump(mode="json", by_alias=True).keys() == example.keys(), model


def test_no_request_takes_what_is_not_described(described):
    for name, (_, operation) in described.items():
        assert operation.body is None or issubclass(operation.body, Input), name


def test_the_kinds_of_problems_stay():
    ours = {name_of_refusal(kind) for kind in kinds_of_refusals() if kind.__module__[:4] == "app."}
    assert ours == KINDS


def test_the_type_of_a_problem_leads_to_where_it_is_explained(app, document):
    client = app.test_client()
    page = client.get("/api/docs").text
    explained = set(re.findall(r'id="problem-([a-z-]+)"', page))
    assert explained >= KINDS
    for answer in document["components"]["responses"].values():
        example = answer["content"]["application/problem+json"]["example"]
        assert example["type"].partition("#problem-")[2] in explained
    for path, kind in (("/api/v1/users/me", "unauthenticated"), ("/api/v1/nothing", "not-found")):
        address, _, anchor = client.get(path).json["type"].partition("#")
        assert (address, anchor) == ("/api/docs", f"problem-{kind}")
        assert kind in explained


def test_the_page_describes_every_operation(app, document):
    page = app.test_client().get("/api/docs").text
    for methods in document["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page


def test_who_has_the_document_hears_that_it_is_the_same(app):
    client = app.test_client()
    etag = client.get(f"{PREFIX}/openapi.json").headers["ETag"]
    again = client.get(f"{PREFIX}/openapi.json", headers={"If-None-Match": etag})
    assert again.status_code == 304
