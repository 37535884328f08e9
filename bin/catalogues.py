"""The catalogues of translations: gathered from the sources, merged, compiled.

Compiled files are committed, so that a site runs as soon as it is checked out. Line numbers are
left out: they would change with every commit.
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from app.config import ROOT

FOLDER = ROOT / "translations"
SOURCES = {
    "app": [("**.py", "python")],
    "templates": [("**.html", "jinja2")],
}
# `_l` is for texts that are written down before anybody asks, such as the labels of a form.
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
OPTIONS = {"**.html": {"silent": "false", "newstyle_gettext": "true", "trimmed": "true"}}


def main() -> int:
    """Update every catalogue. 1 if something is not translated yet."""
    texts = extracted()
    missing = 0
    for path in catalogues():
        catalogue = merged(read(path), texts)
        path.write_bytes(as_po(catalogue))
        path.with_suffix(".mo").write_bytes(as_mo(catalogue))
        todo = untranslated(catalogue)
        missing += len(todo)
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} texts, {len(todo)} not translated")
        for message in todo:
            print(f"  {message.id!r}")
    return 1 if missing else 0


def catalogues() -> list[Path]:
    """The file of each language."""
    return sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))


def extracted() -> Catalog:
    """Every text of the sources, with the files it stands in."""
    catalogue = Catalog()
    for folder, methods in SOURCES.items():
        found = extract_from_dir(
            ROOT / folder,
            method_map=methods,
            options_map=OPTIONS,
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
        )
        for file, _line, text, comments, context in found:
            catalogue.add(
                text, locations=[(f"{folder}/{file}", 0)], auto_comments=comments, context=context
            )
    return catalogue


def merged(catalogue: Catalog, texts: Catalog) -> Catalog:
    """The translations of these texts, in their order. What nobody says any more is dropped."""
    texts.creation_date = catalogue.creation_date  # or every run would change the file
    catalogue.update(texts, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def untranslated(catalogue: Catalog) -> list[Message]:
    """The texts that have no translation, or one that was only guessed."""
    return [message for message in catalogue if message.id and not _is_translated(message)]


def _is_translated(message: Message) -> bool:
    forms = [message.string] if isinstance(message.string, str) else message.string or [""]
    return all(forms) and not message.fuzzy


def read(path: Path) -> Catalog:
    """A catalogue as it is; its folder names the language."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def as_po(catalogue: Catalog) -> bytes:
    """The file that translators read and write."""
    file = BytesIO()
    write_po(file, catalogue, width=100, sort_by_file=True, include_lineno=False)
    return file.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """The file that the site reads."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
