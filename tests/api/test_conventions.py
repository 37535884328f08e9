"""What holds for the whole JSON API: what is read, how it is refused, and what need not be sent."""

import gzip

import pytest

from app.accounts import throttling
from tests.support.programs import PASSWORD, Program, kind_of, places_of


@pytest.fixture
def environ():
    return {"RATELIMIT_ENABLED": "true"}


@pytest.fixture
def program(app, buyer):
    return Program(app, buyer)


@pytest.fixture
def wanted(listing):
    return {"listing_id": listing.id, "quantity": 1}


# What is sent


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        '{"quantity": 1,}',
        "{'quantity': 1}",
        "\xff",
        b"\xff\xfe",
        "\0",
    ],
    ids=repr,
)
def test_what_is_no_json_is_malformed(program, body):
    answer = program.post("/orders", data=body, content_type="application/json")
    assert (answer.status_code, kind_of(answer)) == (400, "malformed")


@pytest.mark.parametrize("body", ["[]", "1", '"text"', "null", "true"])
def test_json_that_is_no_object_is_not_as_described(program, body):
    answer = program.post("/orders", data=body, content_type="application/json")
    assert (answer.status_code, kind_of(answer), places_of(answer)) == (
        422,
        "not-as-described",
        [""],
    )


@pytest.mark.parametrize(
    "media_type",
    [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
)
def test_what_does_not_say_that_it_is_json_is_of_the_wrong_type(program, media_type):
    answer = program.post("/orders", data="{}", content_type=media_type)
    assert (answer.status_code, kind_of(answer)) == (415, "wrong-media-type")


def test_a_form_of_another_site_can_do_nothing(program, wanted, db):
    # Browsers ask nobody before they send these three types.
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert program.post("/orders", data=wanted, content_type=media_type).status_code == 415


@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", "application/merge+json"]
)
def test_json_by_its_other_names_is_read(program, media_type):
    answer = program.post("/orders", data="{}", content_type=media_type)
    assert (answer.status_code, places_of(answer)) == (422, ["/listing_id", "/quantity"])


def test_every_fault_is_named_with_its_place(program):
    body = {"listing_id": "1", "quantity": 0, "a/b~c": 1}
    answer = program.post("/orders", body)
    assert (answer.status_code, kind_of(answer)) == (422, "not-as-described")
    assert sorted(places_of(answer)) == ["/a~1b~0c", "/listing_id", "/quantity"]
    assert all(fault["detail"].endswith(".") for fault in answer.json["errors"])


def test_where_no_body_is_described_none_may_come(program):
    for more in ({"json": {"amount": 1}}, {"data": "x", "content_type": "text/plain"}):
        answer = program.call("DELETE", "/tokens/current", **more)
        assert answer.status_code in (415, 422)
    assert program.delete("/tokens/current", json={}).status_code == 204


def test_unknown_parameters_are_refused(program):
    for path in ("/orders?page=2", "/users/me?lang=de"):
        answer = program.get(path)
        assert (answer.status_code, kind_of(answer)) == (422, "not-as-described")
        assert places_of(answer) == [path.partition("?")[2].partition("=")[0]]


def test_a_parameter_comes_once(program):
    answer = program.get("/orders?limit=1&limit=2&status=completed&status=completed")
    assert (answer.status_code, places_of(answer)) == (422, ["limit", "status"])


def test_what_is_too_large_is_refused(program):
    answer = program.post("/orders", data="[" * 3_000_000, content_type="application/json")
    assert (answer.status_code, kind_of(answer)) == (413, "request-entity-too-large")


# What is refused


def test_a_problem_has_the_shape_of_rfc_9457(program):
    answer = program.get(f"/orders/{'x' * 22}")
    assert answer.mimetype == "application/problem+json"
    assert answer.json == {
        "type": "/api/docs#problem-not-found",
        "title": "Not Found",
        "status": 404,
        "request_id": answer.headers["X-Request-ID"],
    }
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/nothing", "/orders/", "/orders/a/b", "/users", "/openapi"])
def test_what_is_not_there_is_a_problem_and_no_page(program, path):
    answer = program.get(path)
    assert kind_of(answer) in ("not-found", "method-not-allowed")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/orders", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("POST", "/users/me", {"GET", "HEAD", "OPTIONS", "PATCH"}),
        ("GET", "/tokens", {"OPTIONS", "POST"}),
    ],
)
def test_a_method_that_is_not_there_is_told_the_others(program, method, path, allowed):
    answer = program.call(method, path)
    assert (answer.status_code, kind_of(answer)) == (405, "method-not-allowed")
    assert set(answer.headers["Allow"].split(", ")) == allowed


def test_details_are_in_the_language_that_is_asked_for(program, wanted):
    said = {
        language: program.post(
            "/orders", wanted | {"quantity": 2, "listing_version": 9}, headers=headers
        ).json
        for language, headers in (
            ("en", {}),
            ("de", {"Accept-Language": "de-AT, de;q=0.9, en;q=0.5"}),
        )
    }
    assert said["en"]["detail"] == "The seller has just changed this offer. Please look again."
    assert "Angebot" in said["de"]["detail"]
    same = ("type", "title", "status")
    assert [said["en"][name] for name in same] == [said["de"][name] for name in same]


def test_every_answer_has_the_id_of_its_request(program):
    ids = {program.get(path).headers["X-Request-ID"] for path in ("/users/me", "/orders", "/no")}
    assert len(ids) == 3


def test_too_many_tries_are_told_when_to_come_back(app, monkeypatch):
    nobody = Program(app)
    credentials = {"email": "ada@example.org", "password": PASSWORD}
    for _ in range(10):
        assert nobody.post("/tokens", credentials).status_code == 401
    answer = nobody.post("/tokens", credentials)
    assert (answer.status_code, kind_of(answer)) == (429, "too-many-requests")
    assert answer.headers["Retry-After"] == "300"
    assert throttling.PER_ACCOUNT == "10 per 5 minutes"


# What need not be sent


def test_who_has_the_answer_already_is_told_so(program):
    first = program.get("/users/me")
    tag = first.headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = program.get("/users/me", headers={"If-None-Match": known})
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == tag
    assert program.get("/users/me", headers={"If-None-Match": '"other"'}).data == first.data


def test_a_compressed_answer_is_known_by_its_tag_too(program, listing):
    for _ in range(4):
        program.post("/orders", {"listing_id": listing.id, "quantity": 1})
    compressed = {"Accept-Encoding": "gzip"}
    first = program.get("/orders", headers=compressed)
    assert first.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(first.data) == program.get("/orders").data
    tag = first.headers["ETag"]
    for more in (compressed, {}):
        answer = program.get("/orders", headers={"If-None-Match": tag} | more)
        assert (answer.status_code, answer.data) == (304, b"")
    program.delete(f"/orders/{program.get('/orders').json['items'][0]['id']}")
    changed = program.get("/orders", headers={"If-None-Match": tag} | compressed)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_a_look_at_the_head_tells_the_tag(program):
    answer = program.call("HEAD", "/users/me")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["ETag"] == program.get("/users/me").headers["ETag"]


def test_what_one_may_see_is_kept_for_nobody_else(program):
    vary = {name.strip() for name in program.get("/orders").headers["Vary"].split(",")}
    assert {"Authorization", "Accept-Language"} <= vary
    assert "private" in program.get("/orders").headers["Cache-Control"]


def test_no_cookie_is_set_or_read(app, as_user, buyer, program):
    assert as_user(buyer).get("/api/v1/orders").status_code == 401
    assert "Set-Cookie" not in program.get("/orders").headers
