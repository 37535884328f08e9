"""Which classes the style sheet knows, and which ones pages use."""

import re
from collections.abc import Iterator
from pathlib import Path

from app.config import ROOT

STYLES = ROOT / "static" / "css" / "app.css"
# Put on elements by htmx itself.
BY_HTMX = {"htmx-request"}

_NO_SELECTOR = re.compile(r'/\*.*?\*/|url\(".*?"\)', re.DOTALL)
_CLASS = re.compile(r"\.([a-z][a-z-]*)")
_ATTRIBUTE = re.compile(r'class(?:Name)?\s*=\s*"([^"]*)"')
_JINJA = re.compile(r"{[{%#].*?[}%#]}", re.DOTALL)


def classes_of_the_style_sheet(path: Path = STYLES) -> set[str]:
    return set(_CLASS.findall(_NO_SELECTOR.sub("", path.read_text()))) - BY_HTMX


def classes_of_every_style_sheet() -> set[str]:
    """Of the one of all pages, and of those that a single page has for itself."""
    return set().union(*map(classes_of_the_style_sheet, STYLES.parent.glob("*.css")))


def classes_in(source: str) -> set[str]:
    """What stands in `class="..."` as it is, of a template, a page or a script."""
    return {name for value in _ATTRIBUTE.findall(source) for name in _JINJA.sub(" ", value).split()}


def sources() -> Iterator[Path]:
    """Everything that can put a class on a page, but for the style guide, which has them all."""
    for folder, ending in (("templates", "*.html"), ("app", "*.py"), ("static/js", "*.js")):
        for path in sorted(ROOT.joinpath(folder).rglob(ending)):
            if "styleguide" not in str(path):
                yield path
