"""The list is whole: what is not in it is checked by nothing else in this folder."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from app import create_app
from tests.pages.every_page import FRAGMENTS, NOT_PAGES, PAGES, Page
from tests.support.settings import settings_for

SOMETHING = "1"  # an id, a public id and a slug alike


class Anything(dict[str, str]):
    """Stands for the names in addresses, which nobody has given here."""

    def __missing__(self, name: str) -> str:
        return SOMETHING


@pytest.fixture
def routes(tmp_path: Path) -> Flask:
    return create_app(settings_for(f"sqlite:///{tmp_path}/empty.sqlite"))


def test_each_route_that_answers_with_a_page_is_in_the_list(routes):
    missing = not_in(routes, PAGES + FRAGMENTS)
    assert missing == set(), "each needs a line in tests/pages/every_page.py, or in its NOT_PAGES"
    assert not_in(routes, [page for page in PAGES if page.kind != "edit"]) >= {"listings.edit"}


def test_what_is_said_to_be_no_page_exists(routes):
    assert set(routes.view_functions) >= NOT_PAGES


def test_each_page_has_a_name_of_its_own():
    named = Counter(page.name for page in PAGES + FRAGMENTS)
    assert [name for name, count in named.items() if count > 1] == []


def not_in(app: Flask, pages: Iterable[Page]) -> set[str]:
    """The endpoints of pages that none of these comes to."""
    rules = app.url_map.iter_rules()
    endpoints = {rule.endpoint for rule in rules if "GET" in (rule.methods or ())}
    return endpoints - NOT_PAGES - {endpoint_of(app, page.path) for page in pages}


def endpoint_of(app: Flask, path: str) -> str | None:
    try:
        endpoint, _ = app.url_map.bind("localhost").match(
            path.format_map(Anything()).partition("?")[0]
        )
    except HTTPException:
        return None
    return str(endpoint)
