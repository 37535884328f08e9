import threading

import pytest
from sqlalchemy import func, select

from app.accounts import registration
from app.accounts.addresses import folded
from app.accounts.models import User
from app.accounts.passwords import PasswordHash, fits, hashed
from app.db import transaction
from app.errors import Invalid
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.thorough

ENTRIES = {"email": "ada@example.org", "password": PASSWORD, "display_name": "Ada"}


def test_signing_up_signs_in_and_goes_back(new_browser):
    client = new_browser()
    answer = client.post("/signup", data=ENTRIES | {"next": "/account"})
    assert (answer.status_code, answer.location) == (303, "/account")
    page = client.get("/account").text
    assert "ada@example.org" in page
    assert "Your account is ready" in page
    assert "Your account is ready" not in client.get("/account").text


def test_nobody_makes_themselves_an_operator(db, new_browser):
    more = {"is_admin": "1", "id": "77", "email_verified_at": "2026-01-01", "password_hash": "x"}
    new_browser().post("/signup", data=ENTRIES | more)
    user = db.session.scalars(select(User)).one()
    assert (user.is_admin, user.email_verified_at) == (False, None)
    assert user.id != 77
    assert fits(user.password_hash, PASSWORD)


@pytest.mark.parametrize("email", ["ada@example.org", " ADA@Example.ORG "])
def test_an_address_has_one_account(new_browser, ada, email):
    answer = new_browser().post("/signup", data=ENTRIES | {"email": email})
    assert answer.status_code == 422
    assert "has an account already" in answer.text


def test_addresses_that_are_reserved_for_tests_are_for_tests(app, monkeypatch):
    assert folded("Ada@Example.test") == "ada@example.test"
    production = app.config["TICKETBAY"].model_copy(update={"environment": "production"})
    monkeypatch.setitem(app.config, "TICKETBAY", production)
    with pytest.raises(Invalid):
        folded("ada@example.test")


def test_an_address_has_one_account_under_a_race(app, db):
    gate, results = threading.Barrier(4), []

    def run():
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    registration.sign_up("ada@example.org", PasswordHash("a hash"), "Ada")
                results.append("won")
            except Invalid as refusal:
                results.append(refusal.field)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["email"] * 3 + ["won"]
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "ada", "Enter an email address"),
        ("email", "ada\x00@example.org", "Enter an email address"),
        ("display_name", "  ", "name that others"),
        ("display_name", "A\u202eda", "invisible"),
        ("display_name", "A\0da", "invisible"),
        ("display_name", "Ada\u200d", "invisible"),
        ("display_name", "x" * 61, "60"),
        ("password", "short", "at least 8"),
        ("password", "x1" * 65, "at most 128"),
        ("password", "Password123!", "Many people"),
    ],
)
def test_what_is_wrong_is_said_next_to_the_field(new_browser, field, value, words):
    answer = new_browser().post("/signup", data=ENTRIES | {field: value})
    assert answer.status_code == 422
    assert words in answer.text
    assert f'id="{field}-error"' in answer.text


@pytest.mark.parametrize(
    "name", ["\U0001f468\u200d\U0001f467", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"]
)
def test_a_name_may_join_what_belongs_together(new_browser, db, name):
    assert new_browser().post("/signup", data=ENTRIES | {"display_name": name}).status_code == 303
    assert db.session.scalars(select(User)).one().display_name == name


def test_a_field_is_checked_when_one_leaves_it(new_browser):
    answer = new_browser().post(
        "/signup/check/email", data={"email": "ada"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="checked-email" ')
    assert "Enter an email address" in answer.text


def test_the_check_does_not_tell_who_has_an_account(new_browser, ada):
    answer = new_browser().post("/signup/check/email", data={"email": ada.email})
    assert "error" not in answer.text


@pytest.mark.parametrize(
    "common",
    ["password", "PASSWORT1!", "aaaaaaaa", "12345678", "87654321", "abcabcabc", "qwertzuiop"],
)
def test_what_many_people_use_is_refused(common):
    with pytest.raises(Invalid, match="Many people"):
        hashed(common)


@pytest.mark.parametrize(
    "good", ["tulips in the rain", "gT5$kq9!", "é" * 3 + "wxvkj", "7" * 3 + "bqzrn"]
)
def test_no_rule_says_which_characters(good):
    assert hashed(good).startswith("$argon2id$")


def test_one_password_however_the_keyboard_composes_it():
    assert fits(hashed("m\u00fcnchner stra\u00dfe"), "mu\u0308nchner stra\u00dfe")


def test_one_address_one_spelling(app):
    assert folded(" Ada@M\u00dcNCHEN.de ") == folded("ada@xn--mnchen-3ya.de")
