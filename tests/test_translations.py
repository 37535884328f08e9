"""Every text that a visitor reads exists in every language."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import read_mo
from jinja2 import Environment, nodes

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
# So are the attributes of htmx that a macro gives.
SAME_EVERYWHERE = re.compile(
    r"""ticketbay|Stripe|\bQ+(?:-\w+)?\b|hx-[\w:-]+=(?:"[^"]*"|'[^']*')|[\W\d_]""", re.ASCII
)
SHOWN_ATTRIBUTES = {"aria-label", "placeholder", "title", "alt"}
NOT_SHOWN_BLOCKS = {"width", "body_attributes"}
FILLED_IN = "Q"  # a letter, because a tag may be what is filled in
HIDDEN = {"script", "svg", "code"}
# What a macro adds to a tag that stands elsewhere.
LOOSE_ATTRIBUTE = re.compile(r"""[\w:-]+=("[^"]*"|'[^']*')""")
LETTERS = re.compile(r"[A-Za-z]{2,}")


# A long text is a file for each language: terms.en.html, terms.de.html. Only the reference for
# programmers is in English, as are the names that it explains.
LONG_TEXT = re.compile(r"(.+)\.([a-z]{2})\.html")


def templates() -> list[Path]:
    every = sorted(ROOT.joinpath("templates").rglob("*.html"))
    return [path for path in every if not LONG_TEXT.fullmatch(path.name)]


def long_texts() -> dict[str, list[Path]]:
    """By name, the files of each long text, one for each language."""
    found = defaultdict(list)
    for path in sorted(ROOT.joinpath("templates").rglob("*.html")):
        match = LONG_TEXT.fullmatch(path.name)
        if match and path.parent.name != "api":
            found[match[1]].append(path)
    return found


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_speaks_one_language_only(path: Path):
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
        if LETTERS.search(SAME_EVERYWHERE.sub(" ", LOOSE_ATTRIBUTE.sub(" ", text))):
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


# Looks like words, and is read by browsers and htmx only.
NOT_READ = {"X-CSRFToken", "If-None-Match", "input changed delay:300ms"}
WORDS = re.compile(r"\b[A-Z][a-z]|[a-z] [a-z]")


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_gives_a_macro_words_in_one_language_only(path: Path):
    if path.parent.name == "styleguide":
        return  # shows what is written in templates, and events that do not exist
    assert not set(bare_words_given(path.read_text())) - NOT_READ


def bare_words_given(source: str) -> Iterator[str]:
    """What stands within {{ }} and {% %} and reads like words: not `_("...")`."""
    yield from _words_in(Environment(extensions=["jinja2.ext.i18n"]).parse(source))


def _words_in(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Const):
        if isinstance(node.value, str) and WORDS.search(node.value):
            yield node.value
    elif is_translated(node):
        for filled_in in node.kwargs:
            yield from _words_in(filled_in)
    else:
        for child in node.iter_child_nodes():
            yield from _words_in(child)


def is_translated(node: nodes.Node) -> bool:
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name in TRANSLATORS
    )


def test_bare_words_that_are_given_are_found():
    assert list(bare_words_given('{{ notice("Sold out.") }}')) == ["Sold out."]
    assert list(bare_words_given('{{ _("Sold %(x)s", x="to Ada") }}')) == ["to Ada"]
    assert not list(bare_words_given('<p>Hello</p>{{ notice(_("Sold out."), tone="bad") }}'))


def test_what_is_imported_says_nothing_outside_of_its_macros():
    """Jinja imports a template once and for all, in the language of whoever comes first."""
    loader = Environment(extensions=["jinja2.ext.i18n"])
    parsed = {
        str(path.relative_to(ROOT / "templates")): loader.parse(path.read_text())
        for path in templates()
    }
    imported = {
        statement.template.value
        for template in parsed.values()
        for statement in template.find_all((nodes.FromImport, nodes.Import))
    }
    assert imported
    assert not [name for name in imported if list(said_outside_of_macros(parsed[name]))]


def said_outside_of_macros(template: nodes.Template) -> Iterator[str]:
    for part in template.body:
        if not isinstance(part, nodes.Macro):
            yield from (call.node.name for call in part.find_all(nodes.Call) if is_translated(call))


def test_a_text_that_would_be_kept_is_found():
    loader = Environment(extensions=["jinja2.ext.i18n"])
    assert list(said_outside_of_macros(loader.parse('{% set words = {"a": _("A")} %}')))
    assert not list(
        said_outside_of_macros(loader.parse('{% macro a() %}{{ _("A") }}{% endmacro %}'))
    )


# Code

# Commands speak English, and what they do has no page.
FOR_OPERATORS = {
    *("app/cli.py", "app/config.py", "app/accounts/commands.py"),
    *("app/catalog/commands.py", "app/catalog/importing.py"),
    *("app/payments/commands.py", "app/payments/incidents.py", "app/payments/refunds.py"),
    "app/payments/settlement.py",
}
TRANSLATORS = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "pgettext", "npgettext"}
# Which argument of a call people read. Refusals, and fields of forms, have theirs in front.
SAYS = {
    **dict.fromkeys(("flash", "ValidationError", "StopValidation", "Label"), 0),
    **dict.fromkeys(("InputRequired", "DataRequired"), 0),
    **dict.fromkeys(("abort", "refuse", "SelectChoice", "EqualTo"), 1),
}
SAID_BY_NAME = {"message", "title", "label", "description"}


def code() -> list[Path]:
    paths = sorted(ROOT.joinpath("app").rglob("*.py"))
    return [path for path in paths if str(path.relative_to(ROOT)) not in FOR_OPERATORS]


@pytest.fixture(scope="module")
def refusals() -> set[str]:
    """The names of all kinds of refusals."""
    classes = [
        node
        for path in code()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    names, more = set[str](), {"Refusal"}
    while more - names:
        names |= more
        more = {one.name for one in classes if names & {name_of(base) for base in one.bases}}
    return names


@pytest.mark.parametrize("path", code(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_speaks_one_language_only(path: Path, refusals: set[str]):
    assert not bare_words(path.read_text(), refusals)


def bare_words(source: str, refusals: set[str]) -> list[str]:
    """What a visitor would read in English whatever they chose, as it is written."""
    said: list[ast.expr] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            said += said_by(node, refusals)
        elif isinstance(node, ast.ClassDef) and node.name in refusals:
            said += [
                argument
                for call in ast.walk(node)
                if isinstance(call, ast.Call) and name_of(call.func) == "__init__"
                for argument in call.args[:1]
            ]
    return [ast.unparse(text) for text in said if is_bare(text)]


def said_by(call: ast.Call, refusals: set[str]) -> list[ast.expr]:
    """The arguments of the call that people read."""
    name = name_of(call.func)
    # The JSON API describes itself in English; its models say `Field`, forms `StringField`.
    is_field = name.endswith("Field") and name != "Field"
    place = 0 if is_field or name in refusals else SAYS.get(name)
    if name == "Field" or (place is None and name != "Length"):
        return []
    named = [word.value for word in call.keywords if word.arg in SAID_BY_NAME]
    return named if place is None else [*call.args[place : place + 1], *named]


def is_bare(text: ast.expr) -> bool:
    """Whether it is written here, with letters in it, and no translator is asked for it."""
    if isinstance(text, ast.Call):
        # Not what is given to other functions, but "{} seats".format(2).
        return isinstance(text.func, ast.Attribute) and is_bare(text.func.value)
    if isinstance(text, ast.Constant):
        return isinstance(text.value, str) and bool(LETTERS.search(text.value))
    parts = [part for part in ast.iter_child_nodes(text) if isinstance(part, ast.expr)]
    return any(map(is_bare, parts))


def name_of(node: ast.expr) -> str:
    """`flash` for flash and for flask.flash."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


@pytest.mark.parametrize(
    "source",
    [
        'raise Invalid("Name the seats.", field="seats")',
        'raise errors.Invalid(f"At most {most} fit.")',
        'raise Invalid("At most {} fit.".format(most))',
        'raise Invalid("%s fit" % most)',
        'raise Invalid(_("Yes") if fits else "No, it does not")',
        'class Invalid(Refusal):\n def __init__(self):\n  super().__init__("Name the seats.")',
        'flash("Saved.", "success")',
        'abort(403, "Not yours")',
        'StringField("City")',
        'StringField(_l("City"), validators=[InputRequired("Enter the city.")])',
        'Length(max=40, message="Too long")',
        'SelectChoice("pdf", "By email")',
    ],
)
def test_bare_words_are_found(source: str):
    assert bare_words(source, {"Refusal", "Invalid"})


@pytest.mark.parametrize(
    "source",
    [
        'raise Invalid(_("Name the %(what)s.", what="seats"), field="seats")',
        'raise Invalid(ngettext("%(num)s seat", "%(num)s seats", count))',
        "raise Invalid(str(error))",
        'raise KeyError("seats")',
        "flash(message, 'success')",
        'StringField(_l("City"), validators=[Length(max=40, message=TOO_LONG)])',
        "abort(404)",
    ],
)
def test_words_that_are_translated_are_not(source: str):
    assert not bare_words(source, {"Refusal", "Invalid"})
