"""The sites, started once, and those who look at them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from app import create_app
from tests.pages.client import Client
from tests.pages.look import Looker
from tests.pages.site import Site, running_sites
from tests.support.settings import settings_for


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


@pytest.fixture
def routes(tmp_path: Path) -> Flask:
    """The app, to be asked about its addresses only."""
    return create_app(settings_for(f"sqlite:///{tmp_path}/empty.sqlite"))
