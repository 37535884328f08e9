"""Asks for the pages of every_page.py without a browser: what comes, as it comes."""

import re
from collections.abc import Mapping

import requests

from tests.pages.every_page import Page
from tests.pages.site import Site

_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')
HTMX = {"HX-Request": "true"}
NO_HEADERS: Mapping[str, str] = {}
SECONDS = 30


class Client:
    """Whoever asks is signed in already."""

    def __init__(self, sites: dict[str, Site]):
        self.sites = sites
        self._sessions: dict[tuple[str, str | None], requests.Session] = {}

    def ask(self, page: Page) -> requests.Response:
        """The page or the fragment, with the status that it has to have."""
        headers = {"Accept-Language": page.language, **(HTMX if page.is_fragment else {})}
        at = page.who, page.site, headers
        if page.sends is None:
            answer = self.get(page.path, *at)
        else:
            answer = self.send(page.path, page.to or page.path, page.sends, *at)
        assert answer.status_code == page.status, f"{page.name}: {answer.status_code}"
        return answer

    def get(
        self,
        path: str,
        who: str | None = None,
        site: str = "full",
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> requests.Response:
        """The answer to this address, in which names may stand in braces."""
        session = self._session(site, who)
        return session.get(self._address(path, site), headers=headers, timeout=SECONDS)

    def send(
        self,
        path: str,
        to: str,
        values: dict[str, str],
        who: str | None = None,
        site: str = "full",
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> requests.Response:
        """The answer to a form that stands on the page at `path`."""
        token = _TOKEN.search(self.get(path, who, site).text)
        assert token, path
        return self._session(site, who).post(
            self._address(to, site),
            data={**values, "csrf_token": token[1]},
            headers=headers,
            timeout=SECONDS,
            allow_redirects=False,
        )

    def _address(self, path: str, site: str) -> str:
        return self.sites[site].url + path.format(**self.sites[site].names)

    def _session(self, site: str, who: str | None) -> requests.Session:
        if (site, who) not in self._sessions:
            session = requests.Session()
            session.trust_env = False
            if who:
                at = self.sites[site]
                session.cookies.set(at.cookie_name, at.cookies[who], domain="localhost.local")
            self._sessions[site, who] = session
        return self._sessions[site, who]
