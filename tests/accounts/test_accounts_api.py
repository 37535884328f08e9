"""Programs sign up, sign in, refresh their tokens and change the account."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from app import clock
from app.accounts import passwords, tokens
from app.accounts.models import TokenSession, User
from app.db import transaction
from tests.support.programs import PASSWORD, Program, kind_of, places_of

ADA = {"email": "ada@example.org", "password": PASSWORD, "display_name": "Ada"}


@pytest.fixture
def environ():
    return {"RATELIMIT_ENABLED": "true"}


@pytest.fixture
def program(app):
    return Program(app)


@pytest.fixture
def ada(program):
    """What Ada's program was answered when she signed up; it is signed in."""
    answer = program.post("/users", ADA)
    assert answer.status_code == 201
    program.sign_in(answer.json["access_token"])
    return answer.json


def test_signing_up_gives_the_account_and_tokens(ada, program):
    assert ada["user"] | {"id": 0, "created_at": ""} == {
        "id": 0,
        "email": "ada@example.org",
        "display_name": "Ada",
        "locale": "en",
        "created_at": "",
    }
    assert (ada["token_type"], ada["expires_in"]) == ("Bearer", 900)
    assert program.get("/users/me").json == ada["user"]


def test_tokens_are_kept_nowhere(program, ada, db):
    assert program.post("/tokens", _credentials()).headers["Cache-Control"] == "no-store"
    secret = ada["refresh_token"].partition(".")[2]
    [session, *_] = db.session.scalars(db.select(TokenSession).order_by(TokenSession.created_at))
    assert secret not in (session.id, session.refresh_hash)


def test_an_address_has_one_account(ada, program):
    answer = program.post("/users", ADA | {"email": "ADA@example.org"})
    assert (answer.status_code, kind_of(answer)) == (422, "address-taken")
    assert places_of(answer) == ["/email"]


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"password": "short"}, ["/password"]),
        ({"email": "nobody"}, ["/email"]),
        ({"display_name": " "}, ["/display_name"]),
        ({"is_admin": True}, ["/is_admin"]),
        ({"email": 7, "id": 1}, ["/email", "/id"]),
    ],
)
def test_what_cannot_be_is_named(program, db, change, places):
    answer = program.post("/users", ADA | change)
    assert answer.status_code == 422
    assert places_of(answer) == places
    assert not db.session.scalars(db.select(User)).all()


def test_signing_in(ada, program):
    answer = program.post("/tokens", _credentials())
    assert answer.status_code == 201
    assert answer.json["user"] == ada["user"]
    assert answer.json["access_token"] != ada["access_token"]


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(ada, program):
    wrong = program.post("/tokens", _credentials(password="wrong horse battery"))
    unknown = program.post("/tokens", _credentials(email="bob@example.org"))
    for answer in (wrong, unknown):
        assert (answer.status_code, kind_of(answer)) == (401, "wrong-credentials")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert wrong.json | {"request_id": ""} == unknown.json | {"request_id": ""}


def test_guessing_a_password_is_slowed_down(ada, program):
    for _ in range(10):
        assert program.post("/tokens", _credentials(password="wrong")).status_code == 401
    answer = program.post("/tokens", _credentials())
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert program.post("/tokens", _credentials(email="bob@example.org")).status_code == 401


def test_an_access_token_lasts_for_fifteen_minutes(ada, program, monkeypatch):
    _later(monkeypatch, minutes=14, seconds=58)
    assert program.get("/users/me").status_code == 200
    _later(monkeypatch, minutes=15, seconds=1)
    answer = program.get("/users/me")
    assert (answer.status_code, kind_of(answer)) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_refresh_token_works_once_and_whoever_uses_it_again_ends_the_session(ada, program):
    renewed = program.post("/tokens/refresh", _refresh(ada))
    assert renewed.status_code == 201
    program.sign_in(renewed.json["access_token"])
    assert program.get("/users/me").status_code == 200
    again = program.post("/tokens/refresh", _refresh(ada))
    assert (again.status_code, kind_of(again)) == (401, "unauthenticated")
    assert program.post("/tokens/refresh", _refresh(renewed.json)).status_code == 401
    assert program.get("/users/me").status_code == 401


def test_a_refresh_token_lasts_for_thirty_days(ada, program, monkeypatch):
    _later(monkeypatch, days=30, seconds=1)
    assert program.post("/tokens/refresh", _refresh(ada)).status_code == 401


def test_what_is_no_refresh_token_ends_nobodys_session(ada, program):
    for token in ("", ".", "x.y", ada["access_token"], f"{'0' * 32}.secret"):
        answer = program.post("/tokens/refresh", {"refresh_token": token})
        assert answer.status_code in (401, 422)
    assert program.get("/users/me").status_code == 200


def test_signing_out_ends_both_tokens(ada, program):
    assert program.delete("/tokens/current").status_code == 204
    assert program.get("/users/me").status_code == 401
    assert program.post("/tokens/refresh", _refresh(ada)).status_code == 401


def test_signing_out_ends_no_other_session(ada, program):
    other = program.post("/tokens", _credentials()).json
    program.delete("/tokens/current")
    program.sign_in(other["access_token"])
    assert program.get("/users/me").status_code == 200


def test_a_new_password_ends_every_session_but_the_one_it_opens(ada, program, app):
    other = program.post("/tokens", _credentials()).json
    browser = app.test_client()
    browser.post("/signin", data=_credentials())
    answer = program.put(
        "/users/me/password",
        {"current_password": PASSWORD, "new_password": "another horse battery"},
    )
    assert answer.status_code == 200
    assert program.post("/tokens/refresh", _refresh(ada)).status_code == 401
    for token in (ada["access_token"], other["access_token"]):
        program.sign_in(token)
        assert program.get("/users/me").status_code == 401
    assert browser.get("/account").status_code == 303
    program.sign_in(answer.json["access_token"])
    assert program.get("/users/me").status_code == 200


def test_a_new_password_set_in_a_browser_ends_programs_too(ada, program, app, db):
    user_id = ada["user"]["id"]
    with transaction():
        passwords.set_password(db.session.get_one(User, user_id), "another horse battery")
    assert program.get("/users/me").status_code == 401


def test_the_current_password_must_be_right(ada, program):
    answer = program.put(
        "/users/me/password",
        {"current_password": "wrong", "new_password": "another horse battery"},
    )
    assert answer.status_code == 422
    assert places_of(answer) == ["/current_password"]
    assert program.get("/users/me").status_code == 200


def test_name_and_language_can_be_changed(ada, program):
    answer = program.patch("/users/me", {"display_name": "Countess", "locale": "de"})
    assert answer.status_code == 200
    assert (answer.json["display_name"], answer.json["locale"]) == ("Countess", "de")
    assert program.get("/users/me").json == answer.json


@pytest.mark.parametrize(
    "change",
    [
        *({"email": "eve@example.org"}, {"is_admin": True}, {"id": 2}),
        *({"locale": "fr"}, {"locale": None}, {"display_name": None}),
    ],
)
def test_nothing_else_can_be_changed(ada, program, change):
    assert program.patch("/users/me", change).status_code == 422
    assert program.get("/users/me").json == ada["user"]


def test_a_cookie_is_no_token(app, ada):
    browser = app.test_client()
    browser.post("/signin", data=_credentials())
    assert browser.get("/account").status_code == 200
    answer = browser.get("/api/v1/users/me")
    assert (answer.status_code, kind_of(answer)) == (401, "unauthenticated")


def test_a_token_is_no_cookie(app, ada):
    headers = {"Authorization": f"Bearer {ada['access_token']}"}
    assert app.test_client().get("/account", headers=headers).status_code == 303


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "none"},
        {"typ": "JWT"},
        {"aud": "another"},
        {"iss": "https://evil.example"},
        {"sub": "2"},
        {"sid": "0" * 32},
        {"exp": 0},
        {"exp": None},
        {"sub": "-1"},
        {"key": "another key of thirty-two letters."},
    ],
    ids=str,
)
def test_a_token_of_somebodys_own_making_lets_nobody_in(app, ada, program, change):
    claims = jwt.decode(ada["access_token"], options={"verify_signature": False}) | {
        name: value for name, value in change.items() if name in ("aud", "iss", "sub", "sid", "exp")
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    algorithm = change.get("alg", "HS256")
    with app.app_context():
        key = None if algorithm == "none" else change.get("key", tokens._key())
    forged = jwt.encode(claims, key, algorithm, headers={"typ": change.get("typ", "at+jwt")})
    program.sign_in(forged)
    answer = program.get("/users/me")
    assert (answer.status_code, kind_of(answer)) == (401, "unauthenticated")


def test_the_forged_tokens_above_would_work_unchanged(app, ada, program):
    claims = jwt.decode(ada["access_token"], options={"verify_signature": False})
    with app.app_context():
        program.sign_in(jwt.encode(claims, tokens._key(), "HS256", headers={"typ": "at+jwt"}))
    assert program.get("/users/me").status_code == 200


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Bearer x", "Basic YTpi", "Bearer a.b.c", "Token x"]
)
def test_what_is_no_token_is_refused(program, authorization):
    answer = program.get("/users/me", headers={"Authorization": authorization})
    assert (answer.status_code, kind_of(answer)) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_refresh_token_is_no_access_token(ada, program):
    program.sign_in(ada["refresh_token"])
    assert program.get("/users/me").status_code == 401


def test_the_token_tells_no_more_than_whose_it_is(ada):
    payload = ada["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert set(claims) == {"iss", "aud", "sub", "sid", "jti", "iat", "exp"}
    assert claims["exp"] - claims["iat"] == 900
    assert abs(claims["iat"] - time.time()) < 60


def test_expired_sessions_are_forgotten(ada, db, monkeypatch):
    assert tokens.forget_expired() == 0
    _later(monkeypatch, days=31)
    assert tokens.forget_expired() == 1
    assert not db.session.scalars(db.select(TokenSession)).all()


def _credentials(**change):
    return {"email": "ada@example.org", "password": PASSWORD} | change


def _refresh(signed_in):
    return {"refresh_token": signed_in["refresh_token"]}


def _later(monkeypatch, **more):
    moment = datetime.now(UTC) + timedelta(**more)
    monkeypatch.setattr(clock, "now", lambda: moment)
