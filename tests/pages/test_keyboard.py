"""The tab key comes to everything, in sight, and leaves it again."""

import pytest
from playwright.sync_api import expect

from tests.pages.every_page import PAGES, Page
from tests.support.keyboard import press_tab, troubles

pytestmark = pytest.mark.browser

# One state of each page is enough: all are made of the same pieces.
ONE_OF_EACH = list({page.kind: page for page in reversed(PAGES)}.values())
REFUSED = [page for page in PAGES if page.sends is not None]
PHONE, DESK = {"width": 390, "height": 740}, {"width": 1280, "height": 800}


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("page", ONE_OF_EACH, ids=lambda page: page.name)
def test_the_tab_key_shows_its_way_through_the_whole_page(look, page: Page, size):
    tab = look.open(page).tab
    tab.set_viewport_size(size)
    first = press_tab(tab)
    assert 'class="skip"' in first.name
    assert first.trouble is None
    assert troubles(tab) == []


@pytest.mark.parametrize("page", REFUSED, ids=lambda page: page.name)
def test_whoever_is_refused_has_the_focus_on_why(look, page: Page):
    focused = look.open(page).tab.locator(":focus")
    expect(focused).to_have_attribute("autofocus", "")
    assert focused.inner_text()


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        ('<a href="/" style="outline: none">here</a>', "does not show"),
        ('<a href="/">a</a><p style="position: fixed; inset: 0; margin: 0">b</p>', "hides"),
        ("<button>a</button><p inert><button>b</button></p>", "does not come to"),
        ('<input onblur="this.focus()"><button>b</button>', "does not leave"),
    ],
)
def test_where_one_gets_lost_is_noticed(look, body: str, trouble: str):
    tab = look.passing_visitor(None).page
    tab.set_content(body)
    found = troubles(tab)
    assert found
    assert trouble in found[0]
