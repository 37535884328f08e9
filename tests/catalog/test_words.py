"""Two spellings of a word are one word."""

import pytest

from app.catalog.words import LONGEST_WORD, fold, key, search_words, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("München", "munchen"),
        ("Mu\u0308nchen", "munchen"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Ærø", "aero"),
        ("Łódź", "lodz"),
        ("Beyoncé", "beyonce"),
        ("İstanbul", "istanbul"),
        ("Σίσυφος", "σισυφοσ"),
        ("ﬁn", "fin"),
    ],
)
def test_case_and_marks_do_not_count(text, folded):
    assert fold(text) == folded
    assert fold(folded) == folded


def test_words_are_what_stands_between_signs():
    assert words("1. FC Köln + AC/DC_live!") == ["1", "fc", "koln", "ac", "dc", "live"]
    assert words("*** \" ' 🎸") == []


def test_a_word_without_end_is_cut():
    assert words("a" * 5000) == ["a" * LONGEST_WORD]


def test_a_name_of_signs_alone_still_is_a_name():
    assert key("!!!") == "!!!"
    assert key("  Café  MÜLLER ") == "cafe muller"


def test_umlauts_are_found_in_both_spellings():
    assert search_words(["Blur", "Zenith, München"]).split() == [
        "blur",
        "zenith",
        "munchen",
        "muenchen",
    ]
