import pytest

from app.visible import in_one_line, visible

FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"


@pytest.mark.parametrize("text", ["", "Blur", "Größe 7", "日本", FAMILY, PERSIAN, f"a {FAMILY}, b"])
def test_what_people_see_stays(text):
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\0b\x07c", "a b c"),
        ("a\tb\nc", "a b c"),
        ("A\u202eda", "Ada"),
        ("\u2066Ada\u2069", "Ada"),
        ("\ufeffBlur\u200b", "Blur"),
        ("a\ud800b", "ab"),
        ("\u200dBlur\u200c", "Blur"),
        ("a\u200d b", "a b"),
        ("a\u200c\u200db", "ab"),
    ],
)
def test_what_nobody_sees_goes(text, seen):
    assert visible(text) == seen


def test_one_line_has_single_spaces():
    assert in_one_line(" Hafen\u2028\n\tLichter\u200b ") == "Hafen Lichter"
