"""What a text is in another language, and what of a page is still English."""

import gettext
import re
from functools import cache
from html.parser import HTMLParser

from flask.testing import FlaskClient

from bin import catalogues

SHORTEST_PART = 12  # shorter texts may be a part of anybody's words; they count as a whole only
FILLED_IN = re.compile(r"%\(\w+\)[sd]|<[^>]+>")
READ_ATTRIBUTES = {"aria-label", "placeholder", "title", "alt", "content"}
NOT_READ = {"script", "style", "code"}


def said(text: str, language: str) -> str:
    """How a text of ours is said in the language. What is none stays as it is, such as names."""
    return _translations(language).gettext(text)


def in_german(browser: FlaskClient) -> FlaskClient:
    """The browser, which from now on asks for German."""
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    return browser


def english_in(page: str) -> list[str]:
    """The texts of the page that are English, though the catalogue has German ones for them."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    wholes, parts = _english()
    texts = [" ".join(text.split()) for text in reader.texts]
    found = [text for text in texts if text in wholes]
    return found + [part for text in texts for part in parts if part in text and text not in wholes]


class Reader(HTMLParser):
    """Collects what people see or hear of a page, but for what says that it is in English."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        is_english = named.get("lang") == "en" and tag != "html"
        is_inside_of_its_like = self.skipped[-1:] == [tag]  # and ends before it
        if tag in NOT_READ or is_english or is_inside_of_its_like:
            self.skipped.append(tag)
        if self.skipped and tag not in NOT_READ:
            return
        # What the page's script says stands in attributes of our own.
        self.texts += [
            text
            for name, text in attrs
            if text and (name in READ_ATTRIBUTES or name.startswith("data-"))
        ]

    def handle_endtag(self, tag: str) -> None:
        if self.skipped[-1:] == [tag]:
            self.skipped.pop()

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.texts.append(data)


@cache
def _translations(language: str) -> gettext.NullTranslations:
    return gettext.translation("messages", catalogues.FOLDER, [language], fallback=True)


@cache
def _english() -> tuple[frozenset[str], frozenset[str]]:
    """Whole texts, and parts that tell enough to be found within others: in German both differ."""
    [path] = [path for path in catalogues.catalogues() if "/de/" in str(path)]
    wholes, parts = set[str](), set[str]()
    for message in catalogues.read(path):
        ours, theirs = _forms(message.id), " ".join(_forms(message.string))
        for text in ours:
            pieces = [piece.strip() for piece in FILLED_IN.split(text)]
            if len(pieces) == 1 and text not in theirs:
                wholes.add(text)
            parts |= {p for p in pieces if len(p) > SHORTEST_PART and p not in theirs}
    return frozenset(wholes), frozenset(parts)


def _forms(text: str | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)
