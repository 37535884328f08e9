"""Every text that a visitor reads exists in every language."""

import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import read_mo
from jinja2 import Environment

from app.config import ROOT
from app.web.languages import DEFAULT, LANGUAGES
from bin import catalogues

PATHS = catalogues.catalogues()
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")
MARKUP = re.compile(r"</?\w+")


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return catalogues.extracted()


def languages_of(paths: list[Path]) -> set[str]:
    return {path.parent.parent.name for path in paths}


def test_every_language_has_a_catalogue():
    assert languages_of(PATHS) == set(LANGUAGES) - {DEFAULT}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parent.parent.name)
def test_no_text_is_missing_and_none_is_left_over(path: Path, texts: Catalog):
    catalogue = catalogues.read(path)
    known = {message.id for message in catalogue if message.id}
    said = {message.id for message in texts if message.id}
    assert known == said, "bin/translations brings the catalogues up to date"
    assert not [message.id for message in catalogues.untranslated(catalogue)]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parent.parent.name)
def test_what_is_compiled_is_what_is_written(path: Path):
    with path.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    assert forms(compiled) == forms(catalogues.read(path))


def forms(catalogue: Catalog) -> list[tuple[list[str], list[str]]]:
    """All forms of each text, mostly one, beside those of its translation, in one order."""
    return sorted(
        (as_list(message.id), as_list(message.string)) for message in catalogue if message.id
    )


def as_list(text: str | Sequence[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parent.parent.name)
def test_translations_keep_what_is_filled_in(path: Path):
    wrong = [
        (ours, theirs)
        for ours, theirs in pairs(catalogues.read(path))
        if sorted(set(PLACEHOLDER.findall(ours))) != sorted(set(PLACEHOLDER.findall(theirs)))
        or sorted(MARKUP.findall(ours)) != sorted(MARKUP.findall(theirs))
    ]
    assert not wrong


def pairs(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """Each text beside its translation; of several forms the last, which says the number."""
    for message in catalogue:
        if not message.id:
            continue
        if message.pluralizable:
            yield message.id[-1], message.string[-1]
        else:
            yield message.id, message.string


def test_a_text_that_nobody_translated_is_found():
    catalogue = Catalog(locale="de")
    catalogue.add("Buy", "Kaufen")
    catalogue.add("Sell")
    catalogue.add(("%(num)s ticket", "%(num)s tickets"), ("%(num)s Ticket", ""))
    assert len(catalogues.untranslated(catalogue)) == 2


def test_a_text_of_a_page_and_one_of_the_code_are_gathered(texts: Catalog):
    places = {place.split("/")[0] for message in texts for place, _ in message.locations}
    assert places <= {"app", "templates"}
    assert ROOT.joinpath("templates").is_dir()


# Names of products and of languages, and signs, are the same everywhere.
SAME_EVERYWHERE = re.compile(r"ticketbay|Stripe|\bQ+(?:-\w+)?\b|[\W\d_]", re.ASCII)
SHOWN_ATTRIBUTES = {"aria-label", "placeholder", "title", "alt"}
NOT_SHOWN_BLOCKS = {"width", "body_attributes"}
FILLED_IN = "Q"  # a letter, because a tag may be what is filled in
HIDDEN = {"script", "svg", "code"}
LETTERS = re.compile(r"[A-Za-z]{2,}")


def templates() -> list[Path]:
    return sorted(ROOT.joinpath("templates").rglob("*.html"))


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_speaks_one_language_only(path: Path):
    assert not list(bare_texts(path.read_text()))


def bare_texts(source: str) -> Iterator[str]:
    """What a visitor would read in English whatever they chose: not `_("...")`, nor {% trans %}."""
    tokens = Environment(extensions=["jinja2.ext.i18n"]).lex(source)
    html, inside_trans, inside_block, block = [], False, [], ""
    for _line, kind, text in tokens:
        if kind == "data" and not inside_trans and block not in NOT_SHOWN_BLOCKS:
            html.append(text)
        elif kind == "block_begin":
            inside_block = []
        elif kind == "name" and inside_block is not None:
            inside_block.append(text)
        elif kind == "variable_begin" and not inside_trans:
            html.append(FILLED_IN)
        elif kind == "block_end":
            inside_trans = inside_block[:1] == ["trans"] or (
                inside_trans and inside_block[:1] != ["endtrans"]
            )
            block = inside_block[1] if inside_block[:1] == ["block"] else ""
    reader = Reader()
    reader.feed("".join(html))
    reader.close()
    for text in reader.texts:
        if LETTERS.search(SAME_EVERYWHERE.sub(" ", text)):
            yield text.strip()


class Reader(HTMLParser):
    """Collects what people see or hear of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in HIDDEN
        self.texts += [text for name, text in attrs if name in SHOWN_ATTRIBUTES and text]

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in HIDDEN

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.texts.append(data)


def test_a_bare_text_is_found():
    assert list(bare_texts("<p>Hello</p>")) == ["Hello"]
    assert list(bare_texts('<p aria-label="Hello there">{{ _("Hello") }}</p>')) == ["Hello there"]
    assert not list(bare_texts('<p class="Hello">{% trans %}Hello{% endtrans %}{{ name }}</p>'))
