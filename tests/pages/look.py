"""Opens the pages of every_page.py in a browser, each as the one who looks at it."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Response
from playwright.sync_api import Page as Tab

from tests.pages.every_page import Page
from tests.pages.site import Site
from tests.support.browser import Visitor

# A page that says what is broken, and an answer that a test holds back: two complaints of each.
_MEANT_TO_FAIL = re.compile(r"/fail/5\d\d: |ERR_FAILED|TypeError: Failed to fetch")
# As a browser sends a form, but with what its fields would not let through.
_SEND = """([to, values]) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = to;
    for (const [name, value] of Object.entries(values)) {
        const input = Object.assign(document.createElement("input"), { name, value });
        form.append(input);
    }
    form.append(document.querySelector("[name=csrf_token]").cloneNode());
    document.body.append(form);
    form.submit();
}"""


@dataclass(frozen=True)
class Seen:
    """A page as it came, and the tab in which it can be looked at."""

    tab: Tab
    answer: Response


class Looker:
    """Keeps a browser for everybody who looks, so that they sign in and fetch the styles once."""

    def __init__(self, browser: Browser, sites: dict[str, Site]):
        self.browser = browser
        self.sites = sites
        self._visitors: dict[tuple[str | None, str, str], Visitor] = {}
        self._passing: list[Visitor] = []
        self._heard: list[str] = []

    def open(self, page: Page, *, language: str | None = None) -> Seen:
        """The page, with the status that it has to have. In its language if none is given."""
        names = self.sites[page.site].names
        tab = self.visitor(page.who, page.site, language or page.language).page
        answer = tab.goto(page.path.format(**names))
        if page.sends is not None:
            with tab.expect_navigation() as navigation:
                tab.evaluate(_SEND, [(page.to or page.path).format(**names), page.sends])
            answer = navigation.value
        assert answer
        assert answer.status == page.status, f"{page.name}: {answer.status}"
        return Seen(tab, answer)

    def visitor(self, who: str | None, site: str = "full", language: str = "en") -> Visitor:
        """Their browser, always the same one."""
        key = who, site, language
        if key not in self._visitors:
            self._visitors[key] = self._new(who, site, language=language)
        return self._visitors[key]

    def passing_visitor(self, who: str | None, site: str = "full", **context: Any) -> Visitor:
        """A browser for one test, which has fetched nothing yet."""
        visitor = self._new(who, site, **context)
        self._passing.append(visitor)
        return visitor

    def leave(self) -> None:
        """Whoever came for this test only goes."""
        while self._passing:
            visitor = self._passing.pop()
            self._heard += visitor.complaints
            visitor.context.close()

    def complaints(self) -> list[str]:
        """What went wrong in these browsers since this was last asked, but for what had to."""
        heard, self._heard = self._heard, []
        for visitor in self._visitors.values():
            heard += visitor.complaints
            visitor.complaints.clear()
        return [complaint for complaint in heard if not _MEANT_TO_FAIL.search(complaint)]

    def _new(self, who: str | None, site: str, **context: Any) -> Visitor:
        at = self.sites[site]
        visitor = Visitor(self.browser, at.url, **context)
        if who:
            cookie = {"name": at.cookie_name, "value": at.cookies[who], "url": at.url}
            visitor.context.add_cookies([cookie])  # type: ignore[list-item]
        return visitor
