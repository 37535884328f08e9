"""No page weighs more than it may, in kilobytes as they come through the wire."""

from collections import defaultdict
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Response

from tests.pages.every_page import FRAGMENTS, PAGES, Page

pytestmark = pytest.mark.browser

FIRST_VISIT, MOST_REQUESTS = 80, 7
MOST = {"document": 14, "stylesheet": 10, "script": 20, "font": 28}
OWN_SCRIPTS, FRAGMENT = 4, 6
FULL = [page for page in PAGES if page.kind == "event"][:2]


@pytest.mark.parametrize("page", FULL, ids=lambda page: page.name)
def test_the_first_visit_of_an_event_is_light(look, page: Page):
    came = first_visit(look, page.path)
    weights = weigh(came)
    assert {"document", "stylesheet", "script", "font"} <= weights.keys()
    assert len(came) <= MOST_REQUESTS
    assert sum(weights.values()) + sum(map(headers, came)) <= FIRST_VISIT
    assert {kind: weights[kind] for kind in MOST if weights[kind] > MOST[kind]} == {}
    assert {urlsplit(answer.url).netloc for answer in came} == {urlsplit(came[0].url).netloc}
    own = [answer for answer in came if "/static/js/" in answer.url]
    assert own
    assert sum(map(kilobytes, own)) <= OWN_SCRIPTS


def test_no_page_and_no_fragment_is_heavy(client):
    """But for the style guide and the API's reference, which have all there is at once and are no
    visitor's pages.
    """
    too_heavy = {}
    for page in PAGES + FRAGMENTS:
        if page.name in ("styleguide", "API"):
            continue
        weight = int(client.ask(page).headers["Content-Length"]) / 1024
        if weight > (FRAGMENT if page.is_fragment else MOST["document"]):
            too_heavy[page.name] = weight
    assert too_heavy == {}


def test_what_comes_from_elsewhere_or_is_heavy_is_noticed(look):
    tab = look.passing_visitor(None, bypass_csp=True).page
    tab.route("**/heavy.js", lambda route: route.fulfill(body="//" + "x" * 30_000))
    came: list[Response] = []
    tab.on("response", lambda answer: came.append(answer))
    tab.goto("/signin")
    tab.add_script_tag(url="https://elsewhere.example/heavy.js")
    assert weigh(came)["script"] > MOST["script"]
    assert len({urlsplit(answer.url).netloc for answer in came}) == 2


def first_visit(look, path: str) -> list[Response]:
    """All that a browser fetches that was never here before."""
    tab = look.passing_visitor(None).page
    came: list[Response] = []
    tab.on("response", lambda answer: came.append(answer))
    tab.goto(path.format(**look.sites["full"].names))
    return came


def weigh(came: list[Response]) -> dict[str, float]:
    """Kilobytes by kind."""
    weights: dict[str, float] = defaultdict(float)
    for answer in came:
        weights[answer.request.resource_type] += kilobytes(answer)
    return weights


def kilobytes(answer: Response) -> float:
    """As compressed as it came."""
    return answer.request.sizes()["responseBodySize"] / 1024


def headers(answer: Response) -> float:
    """What comes before it, in kilobytes."""
    return answer.request.sizes()["responseHeadersSize"] / 1024
