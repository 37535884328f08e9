"""The style sheet and the pages know the same classes, and the sheet stays small."""

import gzip
import re

from app.config import ROOT
from app.web.compression import LEVEL
from tests.support.styles import STYLES, classes_in, classes_of_every_style_sheet, sources

BUDGET_BYTES = 10 * 1024
# Classes may also fill the block that layouts/bare.html has for them.
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|(?<={% block width %})[^{]*")


def test_every_class_of_the_style_sheet_is_used():
    quoted = (text for path in sources() for text in QUOTED.findall(path.read_text()))
    words = {word for text in quoted for word in re.findall(r"[\w-]+", text)}
    assert sorted(classes_of_every_style_sheet() - words) == []


def test_every_class_that_is_used_is_in_the_style_sheet():
    known = classes_of_every_style_sheet()
    unknown = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources()
        for name in classes_in(path.read_text()) - known
    }
    assert not unknown


def test_a_class_is_found_beside_what_a_template_fills_in():
    assert classes_in('<p class="ticket {{ state }}{% if large %} large{% endif %}">') == {
        "ticket",
        "large",
    }


def test_the_style_sheet_is_small():
    assert len(gzip.compress(STYLES.read_bytes(), LEVEL)) <= BUDGET_BYTES


def test_the_contents_at_the_top_name_the_sections_in_their_order():
    contents = re.search(r"components +(.*?)\n   utilities", STYLES.read_text(), re.DOTALL)
    assert contents
    assert re.findall(r"[A-Z]\w+", contents[1]) == re.findall(r"/\* -- (\w+)", STYLES.read_text())
