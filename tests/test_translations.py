"""Every text that a visitor reads exists in every language."""

import re
from collections import defaultdict
from collections.abc import Iterator
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
    written = catalogues.read(path)
    assert {message.id: message.string for message in compiled if message.id} == {
        message.id: message.string for message in written if message.id
    }


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
SAME_EVERYWHERE = re.compile(r"ticketbay|Stripe|\bQ+\b|\bQ-\w+|[\W\d_]", re.ASCII)
SHOWN_ATTRIBUTES = {"aria-label", "placeholder", "title", "alt"}
NOT_SHOWN_BLOCKS = {"width", "body_attributes"}
FILLED_IN = "Q"  # a letter, because a tag may be what is filled in
HIDDEN = {"script", "svg", "code"}
LETTERS = re.compile(r"[A-Za-z]{2,}")

NOT_TRANSLATED_YET = {
    "templates/accounts/account.html",
    "templates/accounts/forgotten_password.html",
    "templates/accounts/sign_in.html",
    "templates/accounts/sign_up.html",
    "templates/errors/error.html",
    "templates/layouts/bare.html",
    "templates/layouts/base.html",
    "templates/listings/_deal_fields.html",
    "templates/listings/_description_fields.html",
    "templates/listings/_offers.html",
    "templates/listings/_price_hint.html",
    "templates/listings/_results.html",
    "templates/listings/_words.html",
    "templates/listings/choose_event.html",
    "templates/listings/edit.html",
    "templates/listings/event.html",
    "templates/listings/home.html",
    "templates/listings/search.html",
    "templates/listings/sell.html",
    "templates/macros/events.html",
    "templates/macros/forms.html",
    "templates/macros/ui.html",
    "templates/orders/_listings.html",
    "templates/orders/_offer.html",
    "templates/orders/_order.html",
    "templates/orders/_section.html",
    "templates/orders/_words.html",
    "templates/orders/index.html",
    "templates/orders/listing.html",
    "templates/orders/selling.html",
    "templates/orders/show.html",
}


# A long text is a file for each language: terms.en.html, terms.de.html.
LONG_TEXT = re.compile(r"(.+)\.([a-z]{2})\.html")


def templates() -> list[Path]:
    every = sorted(ROOT.joinpath("templates").rglob("*.html"))
    return [path for path in every if not LONG_TEXT.fullmatch(path.name)]


def long_texts() -> dict[str, list[Path]]:
    """By name, the files of each long text, one for each language."""
    found = defaultdict(list)
    for path in sorted(ROOT.joinpath("templates").rglob("*.html")):
        if match := LONG_TEXT.fullmatch(path.name):
            found[match[1]].append(path)
    return found


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_speaks_one_language_only(path: Path):
    if str(path.relative_to(ROOT)) in NOT_TRANSLATED_YET:
        assert bare_texts(path.read_text())
        return
    assert not list(bare_texts(path.read_text()))


@pytest.mark.parametrize("name", long_texts())
def test_a_long_text_is_there_in_every_language(name: str):
    languages = [path.name.split(".")[1] for path in long_texts()[name]]
    assert sorted(languages) == sorted(LANGUAGES)


@pytest.mark.parametrize("name", long_texts())
def test_a_long_text_says_the_same_in_every_language(name: str):
    """As far as a program can tell: parts, links and what is filled in."""
    first, *others = (path.read_text() for path in long_texts()[name])
    for other in others:
        assert outline(other) == outline(first)
        assert filled_in(other) == filled_in(first)


def outline(source: str) -> list[tuple[str, ...]]:
    """Headings, paragraphs, lists, tables and links in their order, with ids and addresses."""
    reader = Outline()
    reader.feed(source)
    return reader.parts


def filled_in(source: str) -> set[str]:
    """The expressions and conditions of a template."""
    parts: list[list[str]] = []
    for _line, kind, text in Environment(extensions=["jinja2.ext.i18n"]).lex(source):
        if kind in ("variable_begin", "block_begin"):
            parts.append([])
        elif parts and kind not in ("data", "whitespace"):
            parts[-1].append(text)
    return {" ".join(part) for part in parts}


class Outline(HTMLParser):
    """Collects what a text is made of."""

    PARTS = ("h2", "h3", "p", "ul", "ol", "li", "table", "tr", "th", "td", "a")

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[tuple[str, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.PARTS:
            named = dict(attrs)
            self.parts.append((tag, named.get("id") or "", named.get("href") or ""))


def test_a_part_that_one_language_lacks_is_noticed():
    assert outline('<h2 id="a">A</h2><p>B</p>') != outline("<h2>A</h2><p>B</p>")
    assert outline("<p>A</p><p>B</p>") != outline("<p>A</p>")
    assert filled_in("{{ fee }}") != filled_in("5 %")


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
        elif kind == "variable_begin":
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
