"""Everything fits, on each screen and in each language, and nothing is too small to be read."""

import pytest

from tests.pages.every_page import PAGES, Page
from tests.pages.measures import broken, sticks_out, too_small

pytestmark = pytest.mark.browser

WIDTHS = (1280, 390, 320)
SMALLEST_TEXT = 12
LONGEST_WORD = 20  # of those that always fit into one line


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_everything_fits_and_can_be_read(look, page: Page, language: str):
    tab = look.open(page, language=language).tab
    assert tab.locator("html").get_attribute("lang") == language
    for width in WIDTHS:
        assert sticks_out(tab, width) == [], f"at {width} px"
        assert too_small(tab, SMALLEST_TEXT) == [], f"at {width} px"
        assert broken(tab, LONGEST_WORD) == [], f"at {width} px"


def test_what_is_too_wide_is_noticed_also_where_it_is_cut_off(look):
    tab = look.passing_visitor(None).page
    for style in ("", "overflow: hidden"):
        tab.set_content(f'<div style="{style}"><p style="width: 321px; margin: 0">wide</p></div>')
        assert any("<p" in found for found in sticks_out(tab, 310))
        assert sticks_out(tab, 340) == []
    tab.set_content('<div style="overflow: auto"><p style="width: 900px">a table</p></div>')
    assert sticks_out(tab, 320) == []


def test_what_is_too_small_is_noticed_also_in_a_drawing(look):
    tab = look.passing_visitor(None).page
    for small in (
        '<p style="font-size: 11px">small</p>',
        '<input style="font-size: 11px">',
        '<svg viewBox="0 0 100 100" width="50"><text y="50" font-size="20">small</text></svg>',
    ):
        tab.set_content(small)
        assert len(too_small(tab, SMALLEST_TEXT)) == 1
    tab.set_content('<p style="font-size: 12px">fine</p><p hidden style="font-size: 1px">gone</p>')
    assert too_small(tab, SMALLEST_TEXT) == []


def test_a_word_that_goes_on_in_the_next_line_is_noticed(look):
    tab = look.passing_visitor(None).page
    narrow = '<p style="width: 3em; overflow-wrap: anywhere">'
    for words, found in (("to pay", 0), ("reservation", 1), ("reservation" * 2, 0)):
        tab.set_content(f"{narrow}{words}</p>")
        assert len(broken(tab, LONGEST_WORD)) == found
