"""Each refusal as a page, as a fragment and as JSON."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from flask import Flask, abort
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.accounts.access import anyone, signed_in
from app.errors import Conflict, Forbidden, Invalid, Unavailable
from tests.support.signing_in import sign_in_as

FAILURES = {
    "conflict": (Conflict("Someone was faster."), 409),
    "forbidden": (Forbidden("Not yours."), 403),
    "invalid": (Invalid("Too many.", field="quantity"), 422),
    "unavailable": (Unavailable("The bank is asleep."), 503),
    "locked": (OperationalError("SELECT secret", {"email": "a@b.c"}, Exception("locked")), 503),
    "pool": (PoolTimeout("no connection is free"), 503),
    "mistake": (RuntimeError("a secret of ours"), 500),
}


@pytest.fixture
def failing(app: Flask) -> Flask:
    """The app with a route for each failure."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.testing = False

    def fail(name: str):
        if name.isdigit():
            abort(int(name))
        raise FAILURES[name][0]

    app.add_url_rule("/fail/<name>", "fail", anyone(fail), methods=["GET", "POST"])
    app.add_url_rule("/api/fail/<name>", "api_fail", anyone(fail))
    guard = signed_in(back_to=lambda number: f"/signin?number={number}&more=2")
    app.add_url_rule("/keep/<int:number>", "keep", guard(lambda number: "ok"), methods=["POST"])
    app.add_url_rule("/plain", "plain", signed_in(lambda: "ok"), methods=["POST"])
    return app


@pytest.fixture
def without_database(db) -> Callable[[], AbstractContextManager[None]]:
    """Meanwhile nobody gets a connection: `with without_database():`."""

    def refuse(*_: object) -> None:
        raise OperationalError("connect", {}, Exception("gone"))

    @contextmanager
    def away() -> Iterator[None]:
        sqlalchemy_event.listen(db.engine, "checkout", refuse)
        yield
        sqlalchemy_event.remove(db.engine, "checkout", refuse)

    return away


@pytest.mark.parametrize("name", FAILURES)
def test_each_is_a_page_a_fragment_and_json(failing, name):
    _, status = FAILURES[name]
    client = failing.test_client()
    page = client.get(f"/fail/{name}")
    fragment = client.get(f"/fail/{name}", headers={"HX-Request": "true"})
    api = client.get(f"/api/fail/{name}")
    assert {page.status_code, fragment.status_code, api.status_code} == {status}
    assert "<!doctype html>" in page.text
    assert page.headers["X-Request-ID"] in page.text
    assert "<html" not in fragment.text
    assert 'role="alert"' in fragment.text
    assert api.mimetype == "application/problem+json"
    assert (api.json["status"], api.json["request_id"]) == (status, api.headers["X-Request-ID"])
    for answer in (page, fragment, api):
        assert "secret" not in answer.text
        assert (answer.headers.get("Retry-After") == "2") == (status == 503)
        assert answer.headers["Cache-Control"] == "no-store"


def test_json_is_given_to_who_reads_only_json(failing):
    answer = failing.test_client().get("/fail/invalid", headers={"Accept": "application/json"})
    assert answer.json["detail"] == "Too many."
    assert answer.json["errors"] == [{"detail": "Too many.", "pointer": "/quantity"}]


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 429, 500, 503])
def test_each_status_has_its_page(failing, status):
    answer = failing.test_client().get(f"/fail/{status}")
    assert answer.status_code == status
    assert "browser (or proxy)" not in answer.text


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "Wir finden diese Seite nicht"),
        (409, "Jemand war schneller"),
        (429, "Warte eine Minute"),
        (500, "Bei uns ist etwas kaputtgegangen"),
        (503, "Deine Bestellungen sind sicher."),
        (418, "Das kam nicht so an wie erwartet"),
    ],
)
def test_the_usual_words_are_said_in_the_language_of_the_page(failing, status, words):
    client = failing.test_client()
    client.set_cookie("language", "de")
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.get(f"/fail/{status}", headers=headers)
        assert (answer.status_code, words in answer.text) == (status, True)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/", 503, "Bei uns ist viel los"),
        ("/fail/mistake", 500, "Bei uns ist etwas kaputtgegangen"),
    ],
)
def test_while_the_database_is_away_the_page_still_speaks_german(
    failing, buyer, without_database, path, status, words
):
    client = sign_in_as(failing, buyer)
    client.set_cookie("language", "de")
    with without_database():
        answer = client.get(path)
    assert answer.status_code == status
    assert '<html lang="de">' in answer.text
    assert words in answer.text
    assert "Tickets finden" in answer.text


def test_who_looks_for_a_page_that_is_not_there_can_search_at_once(failing):
    page = failing.test_client().get("/no/such/page").text
    assert re.search(r'<form class="form" action="/events">.*?name="q"', page, re.DOTALL)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_work_in_a_minute_can_be_tried_again_with_one_click(failing, status):
    client = failing.test_client()
    again = f'href="/fail/{status}?page=2"'
    assert again in client.get(f"/fail/{status}?page=2").text
    assert "Try again" not in client.get("/fail/404").text
    assert again not in client.post(f"/fail/{status}?page=2").text


def test_the_wrong_method_says_which_is_right(app):
    answer = app.test_client().get("/signout")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_the_log_names_the_request_but_not_what_was_entered(failing, caplog):
    with caplog.at_level(logging.WARNING):
        failing.test_client().get("/fail/locked")
    assert "locked" in caplog.text
    assert "a@b.c" not in caplog.text


def test_what_was_chosen_signed_out_is_kept(failing):
    answer = failing.test_client().post("/keep/7")
    assert (answer.status_code, answer.location) == (
        303,
        "/signin?next=/signin?number%3D7%26more%3D2",
    )


def test_a_form_leads_back_to_its_page(failing):
    client = failing.test_client()
    ours = client.post("/plain", headers={"Referer": "http://localhost/signup?a=b"})
    assert ours.location == "/signin?next=/signup?a%3Db"
    theirs = client.post("/plain", headers={"Referer": "http://evil.example/signup"})
    assert theirs.location == "/signin"
