"""Signing up, signing in and the account, for somebody who reads German."""

import pytest

from tests.accounts.conftest import PASSWORD, sign_in
from tests.support.languages import english_in, in_german


@pytest.fixture
def browser(new_browser):
    return in_german(new_browser())


@pytest.mark.parametrize("path", ["/signin?next=/orders", "/signup", "/forgotten-password"])
def test_the_pages_for_strangers(browser, path):
    assert not english_in(browser.get(path).text)


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({}, "Gib deine E-Mail-Adresse ein."),
        ({"email": "x" * 300}, "Verwende höchstens 254 Zeichen."),
        ({"email": "nobody"}, "zum Beispiel name@example.org"),
        ({"email": "ada@example.org"}, "Zu dieser Adresse gibt es schon ein Konto."),
        ({"display_name": "A\u200bda"}, "Lass die unsichtbaren Zeichen weg."),
        ({"password": "short"}, "Wähle mindestens 8 Zeichen."),
        ({"password": "x" * 129}, "Wähle höchstens 128 Zeichen."),
        ({"password": "password1"}, "Dieses Passwort verwenden viele."),
    ],
)
def test_what_is_wrong_with_a_new_account(browser, ada, entered, words):
    right = {"email": "bob@example.org", "display_name": "Bob", "password": PASSWORD}
    answer = browser.post("/signup", data=right | entered if entered else {})
    assert answer.status_code == 422
    # Once above the form and once beside the field.
    assert answer.text.count(words) == 2
    assert not english_in(answer.text)


def test_a_wrong_password(browser, ada):
    assert "E-Mail oder Passwort stimmt nicht." in sign_in(browser, password="wrong").text


def test_the_account_and_a_new_password(browser, ada):
    sign_in(browser)
    assert not english_in(browser.get("/account").text)
    passwords = {"current_password": "wrong", "new_password": "violets in the sun"}
    refused = browser.post("/account/password", data=passwords).text
    assert "Das ist nicht dein aktuelles Passwort." in refused
    assert not english_in(refused)
    browser.post("/account/password", data=passwords | {"current_password": PASSWORD})
    assert "Dein Passwort ist geändert." in browser.get("/account").text
