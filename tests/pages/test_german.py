"""Who reads German reads nothing in English."""

from dataclasses import replace

import pytest

from tests.pages.every_page import FRAGMENTS, PAGES
from tests.support.languages import english_in

pytestmark = pytest.mark.processes


def test_no_page_says_anything_in_english_to_who_reads_german(client):
    found = {
        page.name: english_in(client.ask(replace(page, language="de")).text)
        for page in PAGES + FRAGMENTS
    }
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_english_is_noticed(client):
    [page] = [page for page in PAGES if page.name == "sign in"]
    assert "Sign in" in english_in(client.ask(page).text)
