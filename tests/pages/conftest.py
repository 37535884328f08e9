"""The sites, started once, and those who look at them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.pages.client import Client
from tests.pages.look import Looker
from tests.pages.site import Site, running_sites


@pytest.fixture(scope="session")
def sites() -> Iterator[dict[str, Site]]:
    with running_sites() as sites:
        yield sites


@pytest.fixture(scope="session")
def client(sites: dict[str, Site]) -> Client:
    return Client(sites)


@pytest.fixture(scope="session")
def _looker(browser: Browser, sites: dict[str, Site]) -> Looker:
    return Looker(browser, sites)


@pytest.fixture
def look(_looker: Looker) -> Iterator[Looker]:
    """Opens pages. None of them may log an error or break the content security policy."""
    yield _looker
    _looker.leave()
    assert _looker.complaints() == []
