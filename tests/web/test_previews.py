"""Pictures for link previews, drawn by app/web/previews.py."""

import xml.etree.ElementTree as ET

import pytest

from app.web.posters import art
from app.web.previews import FACE_LEFT, FACE_WIDTH, KNOWN, LACKING, WIDTH, png, preview
from tests.support.png import pixels, size

ART = art(7, "concert")
WIDEST = ["W" * 15, "M" * 4 + " @" * 9, "Mm" * 7, "æœ" * 7, "—" * 15, "Wm " * 20, "l" * 37]


def title_of(drawing: str) -> str:
    texts = ET.fromstring(drawing).iter("{http://www.w3.org/2000/svg}text")
    return " ".join(text.text or "" for text in texts if text.get("x") == str(FACE_LEFT)).strip()


def drawn(text: str) -> bytes:
    """The text alone, in black."""
    return png(
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
        f'<text x="4" y="30" font-size="20" font-weight="700">{text}</text></svg>'
    )


def test_it_has_the_size_that_previews_ask_for():
    assert size(png(preview(ART, "Blur", ["Lichthof"], ["Sunday"]))) == (1200, 630)


def test_it_says_what_and_where_and_when():
    drawing = preview(ART, "Blur", ["Lichthof, Leipzig"], ["Sunday", "14 Mar", "2027", "20:00"])
    assert title_of(drawing) == "Blur Lichthof, Leipzig"
    for text in ("Sunday", "14 Mar", "2027", "20:00", "ticketbay"):
        assert f">{text}</text>" in drawing


def test_hostile_titles_stay_texts():
    drawing = preview(ART, '</text><script>"&', ["<b>"], ["<i>"])
    assert title_of(drawing) == '</text><script>"& <b>'
    png(drawing)


def test_a_long_title_is_written_small_and_whole():
    title = "The very long and detailed title of an event that somebody has entered, with everybody"
    assert title_of(preview(ART, title, [], [])) == title


def test_what_does_not_fit_or_cannot_be_drawn_is_left_out():
    assert title_of(preview(ART, "W" * 120, ["W" * 80, "Leipzig"], [])) == "Leipzig"
    assert title_of(preview(ART, "Аквариум", ["Leipzig"], [])) == "Leipzig"


@pytest.mark.parametrize("title", WIDEST)
def test_no_title_runs_over_the_edge_of_the_paper(title):
    quarter = WIDTH // 4
    empty, rows = (pixels(png(preview(ART, text, [], []), quarter)) for text in ("", title))
    changed = {
        x
        for row, before in zip(rows, empty, strict=True)
        for x, (here, there) in enumerate(zip(row, before, strict=True))
        if here != there
    }
    assert len(rows[0]) == quarter
    assert changed, "the title was left out"
    assert max(changed) <= (FACE_LEFT + FACE_WIDTH) // 4 + 1


def test_every_letter_that_is_said_to_be_known_is_drawn():
    known = [
        chr(code)
        for code in range(0x21, 0x2100)
        if KNOWN.fullmatch(chr(code))
        and not LACKING.search(chr(code))
        and chr(code) not in "<&\xa0"
    ]
    blank = drawn(" ")
    assert len(known) > 300
    assert [letter for letter in known if drawn(letter) == blank] == []
    # The control: one that the font lacks leaves nothing.
    assert drawn("Я") == drawn("Ŧ") == blank


def test_a_picture_is_drawn_once():
    drawing = preview(ART, "Drawn once", [], [])
    assert png(drawing) is png(drawing)
