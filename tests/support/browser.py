"""A real Chromium, and visitors in it who notice when a page misbehaves."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.support.languages import said

# Without these Chromium looks for its maker's servers at every start, which no test may need.
QUIET = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
REFUSED = re.compile(r"Failed to load resource: .* status of 4\d\d")
PASSWORD = "violet-harbour-lantern"  # everybody's
IN_A_CONTAINER = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")


def email_of(name: str) -> str:
    return f"{name.lower()}@example.org"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The one named by CHROMIUM, else one on the PATH, else Playwright's own."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *IN_A_CONTAINER])
        yield browser
        browser.close()


class Visitor:
    """Somebody with a browser of their own. `page` is what they see.

    They are told in English what to look for, and find it in their language.
    """

    def __init__(self, browser: Browser, site: str, *, language: str = "en", **context: object):
        self.site = site
        self.language = language
        self.complaints: list[str] = []
        self.context = browser.new_context(
            base_url=site,
            locale=language,
            reduced_motion="reduce",
            **context,  # type: ignore[arg-type]
        )
        self.context.set_default_timeout(15_000)
        self.page = self.new_page()

    def new_page(self) -> Page:
        """Another window of the same browser. What goes wrong in it is remembered."""
        page = self.context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page

    def sees(self, text: str) -> None:
        """Wait until the text stands on the page."""
        self.page.get_by_text(self.said(text)).first.wait_for()

    def presses(self, name: str) -> None:
        self.page.get_by_role("button", name=self.said(name), exact=True).click()

    def chooses(self, label: str, option: str) -> None:
        self.page.get_by_label(self.said(label)).select_option(option)

    def follows(self, name: str) -> None:
        self.page.get_by_role("link", name=self.said(name)).first.click()

    def fills(self, **fields: str) -> None:
        """Fill in fields by their labels: `fills(Email="a@example.org", Display_name="Ada")`."""
        for label, value in fields.items():
            named = self.page.get_by_label(self.said(label.replace("_", " ")), exact=True)
            self.page.locator("input, textarea").and_(named).fill(value)

    def signs_up(self, name: str) -> None:
        self.page.goto("/signup")
        self.signs_up_here(name)

    def signs_up_here(self, name: str) -> None:
        """On the page that asks for it."""
        self.fills(Email=email_of(name), Display_name=name, Password=PASSWORD)
        self.presses("Sign up")
        self._is_signed_in()

    def signs_in(self, email: str, password: str = PASSWORD) -> None:
        """On the page that asks for it."""
        self.fills(Email=email, Password=password)
        self.presses("Sign in")
        self._is_signed_in()

    def said(self, text: str) -> str:
        """The text as this visitor reads it."""
        return said(text, self.language)

    def _is_signed_in(self) -> None:
        self.page.get_by_role("button", name=self.said("Sign out")).first.wait_for()

    def _hear(self, message: ConsoleMessage) -> None:
        # That an answer was a 404 or a 409 is for the test to expect; Chromium reports it here too.
        if message.type == "error" and not REFUSED.search(message.text):
            self.complaints.append(f"{self.page.url}: {message.text}")
