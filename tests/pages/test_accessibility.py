"""Everybody can use every page: axe finds nothing, in light and in dark, on each width."""

import pytest

from tests.pages import axe
from tests.pages.every_page import PAGES, Page

pytestmark = pytest.mark.browser

BARRIERS = {
    "label": "<input>",
    "image-alt": '<img src="data:,">',
    "target-size": "<a href='/'>one</a><br><a href='/'>two</a>"
    "<style>a { display: inline-block; height: 9px; font-size: 9px }</style>",
    "color-contrast": "<p>grey on grey</p><style>p { color: #999; background: #aaa }</style>",
}
NIGHT = "<p>gone at night</p><style>p { color: #222; background: light-dark(#fff, #333) }</style>"
PHONE = """<a href="/">one</a><br><a href="/">two</a><style>
    a { display: inline-block; height: 30px } @media (width < 350px) { a { height: 9px } }
</style>"""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_nobody_is_kept_from_using(look, page: Page):
    assert axe.violations(look.open(page).tab) == []


@pytest.mark.parametrize("rule", BARRIERS)
def test_a_barrier_is_noticed(look, rule: str):
    [found] = violations(look, BARRIERS[rule])
    assert found.startswith(f"1280 px, light: {rule}: ")


@pytest.mark.parametrize(("body", "where"), [(NIGHT, "1280 px, dark"), (PHONE, "320 px, light")])
def test_what_is_wrong_in_one_scheme_or_on_one_width_is_noticed(look, body: str, where: str):
    [found] = violations(look, body)
    assert found.startswith(where)


def violations(look, body: str) -> list[str]:
    """What axe says about a page in which nothing else is wrong."""
    tab = look.passing_visitor(None).page
    tab.set_content(
        '<!doctype html><html lang="en"><head><title>A page</title>'
        '<meta name="color-scheme" content="light dark">'
        "<style>html { background: Canvas }</style></head>"
        f"<body><main><h1>A page</h1>{body}</main></body></html>"
    )
    return axe.violations(tab)
