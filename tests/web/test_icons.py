"""The icons that templates ask for are drawn, in one style."""

import re
import xml.etree.ElementTree as ET

from app.catalog.models import Category
from app.config import ROOT
from app.web.icons import SPRITE, drawings

SVG = "{http://www.w3.org/2000/svg}"


def test_every_icon_of_the_file_is_found():
    symbols = ET.parse(SPRITE).getroot().findall(f"{SVG}symbol")
    assert [symbol.get("id") for symbol in symbols] == list(drawings())


def test_every_icon_that_is_asked_for_by_its_name_is_drawn():
    asked = {
        name
        for path in ROOT.joinpath("templates").rglob("*.html")
        for name in re.findall(r'(?:\bicon|\bfact)\("([a-z]+)"', path.read_text())
    }
    assert asked
    assert not asked - set(drawings())


def test_every_category_has_an_icon():
    assert not {str(category) for category in Category} - set(drawings())


def test_icons_are_drawn_in_lines_and_take_the_colour_of_the_words_beside_them():
    for shapes in drawings().values():
        for element in ET.fromstring(f"<svg>{shapes}</svg>"):
            assert element.tag in ("path", "circle", "rect")
            assert not {"fill", "stroke", "style", "class", "id"} & set(element.attrib)
