"""No page asks the database more often than it may."""

import pytest

from tests.pages.every_page import FRAGMENTS, PAGES
from tests.pages.server import STATEMENTS

pytestmark = pytest.mark.processes

MOST = 8


def test_no_page_takes_more_than_eight_statements(client):
    taken = {
        page.name: statements(client.ask(page)) for page in PAGES + FRAGMENTS if page.sends is None
    }
    assert {name: count for name, count in taken.items() if count > MOST} == {}
    assert taken["my orders, many"] > 1


def test_one_more_would_be_noticed(client):
    assert statements(client.get(f"/ask/{MOST + 1}")) == MOST + 1


def statements(answer) -> int:
    return int(answer.headers[STATEMENTS])
