"""Writes a picture of every page in each of its states: on a phone and on a desk, light and dark.

`bin/pictures` runs it, into var/pictures/, where index.html shows them all.
"""

import argparse
import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page as Tab

from app.config import ROOT
from tests.pages.every_page import PAGES, Page
from tests.pages.look import Looker
from tests.pages.site import running_sites
from tests.support.browser import chromium

FOLDER = ROOT / "var/pictures"
WIDTHS = {390: 844, 1280: 800}
SCHEMES = ("light", "dark")
SHEET = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Every page</title>
<style>
  body {{ font: 16px/1.4 system-ui; margin: 2rem; background: #777; color: #fff }}
  section {{ display: flex; gap: 1rem; overflow-x: auto; align-items: start }}
  img {{ display: block; height: 22rem; max-width: none; object-fit: cover; object-position: top }}
</style>
{}
"""
LINK = '<a href="{0}"><img loading="lazy" alt="" src="{0}"></a>'


def main() -> None:
    asked = argparse.ArgumentParser(description="Pictures of every page, into var/pictures/.")
    asked.add_argument("word", nargs="*", help="only pages with these words in their names")
    asked.add_argument("--language", default=None, help="such as de")
    options = asked.parse_args()
    pages = [page for page in PAGES if all(word in page.name for word in options.word)]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_sites() as sites, chromium() as browser:
        look = Looker(browser, sites)
        for number, page in enumerate(pages, start=1):
            print(f"{number} of {len(pages)}: {page.name}")
            _take(look.open(page, language=options.language).tab, page)
    sheet = FOLDER / "index.html"
    sheet.write_text(SHEET.format("\n".join(_sections(PAGES))))
    print(f"They are all on {sheet}")


def _take(tab: Tab, page: Page) -> None:
    for width, height in WIDTHS.items():
        tab.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            tab.screenshot(path=_picture(page, width, scheme), full_page=True)


def _sections(pages: Iterable[Page]) -> Iterator[str]:
    """What was taken now or earlier."""
    for page in pages:
        pictures = [_picture(page, width, scheme) for width in WIDTHS for scheme in SCHEMES]
        if not all(picture.exists() for picture in pictures):
            continue
        links = "".join(LINK.format(quote(picture.name)) for picture in pictures)
        yield f"<h2>{html.escape(page.name)}</h2><section>{links}</section>"


def _picture(page: Page, width: int, scheme: str) -> Path:
    name = re.sub(r"\W+", "-", page.name)
    return FOLDER / f"{name}-{width}-{scheme}.png"


if __name__ == "__main__":
    main()
