"""When something changes in place, everybody can go on, and Back shows whole pages."""

import re

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import Request, expect

from tests.pages import axe
from tests.pages.changes import CHANGES, Change
from tests.pages.every_page import PAGES
from tests.pages.routes import endpoint_of

pytestmark = pytest.mark.browser

BEFORE, AFTERWARDS = "/forgotten-password", "/events/{few}"
ASKS = re.compile(r' hx-(?:get|post|put|patch|delete)="([^"]+)"')


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_after_a_change_in_place_everybody_can_go_on(look, client, routes, change: Change):
    names = look.sites["full"].names
    tab = look.passing_visitor(change.who).page
    asked: set[str | None] = set()

    def note(request: Request) -> None:
        if "hx-request" in request.headers:
            path = "/" + request.url.split("/", 3)[3]
            asked.add(endpoint_of(routes, path, request.method))

    tab.on("request", note)
    tab.clock.install()
    tab.goto(BEFORE)
    tab.goto(change.path.format(**names))
    change.does(tab, client)
    assert asked == ({change.asks} if change.asks else set())
    expect(tab.locator(change.focus.format(**names)).first).to_be_focused()
    assert axe.violations(tab) == []

    changed = tab.url
    tab.goto(AFTERWARDS.format(**names))
    for address in (changed, BEFORE):
        tab.go_back()
        expect(tab).to_have_url(re.compile(re.escape(address) + "$"))
        assert is_whole(tab)


def test_each_request_of_htmx_is_among_the_changes(client, routes):
    pages = [client.ask(page).text for page in PAGES]
    addresses = {address for page in pages for address in ASKS.findall(page)}
    asked = {
        endpoint_of(routes, address, method) for address in addresses for method in ("GET", "POST")
    } - {None}
    known = {change.asks for change in CHANGES}
    assert asked - known == set(), "each needs a line in tests/pages/changes.py"
    assert asked - (known - {"orders.cancel"}) == {"orders.cancel"}


def test_a_fragment_is_not_taken_for_a_page(look):
    tab = look.passing_visitor(None).page
    tab.goto(BEFORE)
    assert is_whole(tab)
    tab.set_content("<main><h1>Only the middle</h1></main>")
    assert not is_whole(tab)


def is_whole(tab: Tab) -> bool:
    """Whether it is a page with its header and footer, rather than a part of one."""
    landmarks = ("body > header", "main", "h1", "body > footer")
    return all(tab.locator(landmark).count() == 1 for landmark in landmarks)
