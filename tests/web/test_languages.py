"""Which language an answer speaks, and how it is chosen."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale

from app.accounts.models import User
from app.web import filters
from tests.conftest import Browser
from tests.support.signing_in import sign_in_as

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.fixture
def browser(app: Flask) -> Browser:
    return app.test_client()


def language_of(answer) -> str:
    return re.search(r'<html lang="(\w+)"', answer.text)[1]


def test_the_browser_is_asked(browser):
    assert language_of(browser.get("/")) == "en"
    assert language_of(browser.get("/", headers=GERMAN)) == "de"
    assert language_of(browser.get("/", headers={"Accept-Language": "fr"})) == "en"
    for asked, given in (("de-CH, en;q=0.5", "de"), ("fr, de;q=0, en;q=0.1", "en"), ("*", "en")):
        assert language_of(browser.get("/", headers={"Accept-Language": asked})) == given


def test_the_address_wins_and_is_remembered(browser):
    assert language_of(browser.get("/?lang=de")) == "de"
    assert language_of(browser.get("/signin")) == "de"


def test_an_unknown_language_changes_nothing(browser):
    answer = browser.get("/?lang=tlh", headers=GERMAN)
    assert language_of(answer) == "de"
    assert "Set-Cookie" not in answer.headers or "language=" not in answer.headers["Set-Cookie"]


def test_a_choice_stays_and_keeps_the_page(browser):
    answer = browser.post("/language", data={"language": "de", "next": "/events?q=jazz&lang=en"})
    assert (answer.status_code, answer.location) == (303, "/events?q=jazz")
    assert language_of(browser.get("/")) == "de"


def test_a_choice_leads_to_no_other_site(browser):
    answer = browser.post("/language", data={"language": "de", "next": "https://example.com/"})
    assert answer.location == "/"


def test_the_account_keeps_the_choice(app, db, buyer):
    browser = sign_in_as(app, buyer)
    browser.post("/language", data={"language": "de"})
    assert db.session.get(User, buyer.id, populate_existing=True).locale == "de"


def test_a_page_that_does_not_exist_speaks_the_language_too(browser):
    assert language_of(browser.get("/nowhere", headers=GERMAN)) == "de"


@pytest.mark.parametrize(
    ("language", "zone", "told"),
    [
        ("en", "America/New_York", "20:00 (New York time)"),
        ("en", "America/Argentina/Buenos_Aires", "20:00 (Buenos Aires time)"),
        ("de", "Europe/Zurich", "20:00 (Zeit in Zürich)"),
    ],
)
def test_a_deadline_says_whose_clock_it_is(app, language, zone, told):
    moment = datetime(2027, 3, 14, 20, tzinfo=ZoneInfo(zone))
    with force_locale(language):
        assert filters.deadline(moment, ZoneInfo(zone)) == told


def test_money_and_dates_follow(app):
    with force_locale("de"):
        assert filters.money(123456, "EUR") == "1.234,56\xa0€"
    with force_locale("en"):
        assert filters.money(123456, "EUR") == "€1,234.56"
