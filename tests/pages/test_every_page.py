"""The list is whole: what is not in it is checked by nothing else in this folder."""

from collections import Counter

from tests.pages.every_page import FRAGMENTS, NOT_PAGES, PAGES
from tests.pages.routes import not_in


def test_each_route_that_answers_with_a_page_is_in_the_list(routes):
    missing = not_in(routes, PAGES + FRAGMENTS)
    assert missing == set(), "each needs a line in tests/pages/every_page.py, or in its NOT_PAGES"
    assert not_in(routes, [page for page in PAGES if page.kind != "edit"]) >= {"listings.edit"}


def test_what_is_said_to_be_no_page_exists(routes):
    assert set(routes.view_functions) >= NOT_PAGES


def test_each_page_has_a_name_of_its_own():
    named = Counter(page.name for page in PAGES + FRAGMENTS)
    assert [name for name, count in named.items() if count > 1] == []
