"""The cast everyone knows, the databases, and the clock.

A test that asks for `app` runs on SQLite and on PostgreSQL.
"""

import os
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as Chromium

from app import clock, create_app
from app.accounts import seller_statements
from app.accounts.models import User
from app.catalog.models import Category, Event, Venue
from app.db import db as _db
from app.listings.models import Listing, SplitRule, Ticket
from app.orders.models import Order
from stripe_simulator import running_simulator
from tests.support import routes_compiled_once
from tests.support.browser import chromium
from tests.support.databases import PostgreSQL, SQLite, postgresql_server
from tests.support.settings import settings_for
from tests.support.signing_in import sign_in_as
from tests.support.valkey import Valkey
from tests.support.workers import FoldersTogether

DATABASES = ("sqlite", "postgresql")

routes_compiled_once.install()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=[*DATABASES, "both"],
        default="both",
        help="run the tests that need a database on this one only",
    )


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FoldersTogether:
    return FoldersTogether(config, log)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        metafunc.parametrize("database", DATABASES if chosen == "both" else [chosen])


class Browser(FlaskClient):
    """Every request starts from nothing, as in production.

    Without this, requests would share the app context the fixture holds open,
    and Flask-Login would remember the first visitor in `g` for all others.
    """

    def open(self, *args, **kwargs):
        return Context().run(super().open, *args, **kwargs)


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """One for all tests of a process, because Playwright starts only once in it."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SQLite:
    return SQLite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with postgresql_server() as url:
        server = PostgreSQL(url, worker)
        yield server
        server.drop()


@pytest.fixture(scope="session")
def simulator_url() -> Iterator[str]:
    with running_simulator() as running:
        yield running.url


@pytest.fixture
def database_url(database: str, request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database."""
    return request.getfixturevalue(database).fresh()


@pytest.fixture
def environ() -> dict[str, str]:
    """What a test module overrides to run the app with other variables."""
    return {}


@pytest.fixture
def app(database_url: str, environ: dict[str, str]) -> Iterator[Flask]:
    app = create_app(settings_for(database_url, **environ))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Browser
    with app.app_context():
        yield app
        _db.session.remove()
        _db.engine.dispose()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A broker of the test's own."""
    valkey = Valkey(tmp_path)
    yield valkey
    valkey.clear_away()


@pytest.fixture
def db(app: Flask):
    return _db


@pytest.fixture
def person(db) -> Callable[..., User]:
    """Makes somebody who sells privately: `person("ada")`, `person("root", is_admin=True)`."""

    def make(name: str, **facts) -> User:
        user = User(
            email=f"{name}@example.org",
            display_name=name.capitalize(),
            password_hash="no password fits",
            **facts,
        )
        _db.session.add(user)
        _db.session.flush()
        seller_statements.sell_privately(user.id)
        _db.session.commit()
        return user

    return make


@pytest.fixture
def seller(person) -> User:
    return person("seller")


@pytest.fixture
def buyer(person) -> User:
    return person("buyer")


@pytest.fixture
def rival(person) -> User:
    return person("rival")


@pytest.fixture
def stranger(person) -> User:
    return person("stranger")


@pytest.fixture
def admin(person) -> User:
    return person("admin", is_admin=True)


@pytest.fixture
def event(db) -> Event:
    """Blur in Leipzig, in thirty days."""
    venue = Venue(
        name="Lichthof",
        name_key="lichthof",
        city="Leipzig",
        city_key="leipzig",
        country="DE",
        timezone="Europe/Berlin",
    )
    event = Event(
        slug="blur-leipzig",
        title="Blur",
        category=Category.CONCERT,
        venue=venue,
        city_key="leipzig",
        starts_at=clock.now() + timedelta(days=30),
        search_words="blur lichthof leipzig",
    )
    _db.session.add(event)
    _db.session.commit()
    return event


@pytest.fixture
def offer(db, seller, event) -> Callable[..., Listing]:
    """Makes a listing: `offer(tickets=4, price_cents=3000, split_rule="pairs")`."""

    def make(tickets: int = 2, **facts) -> Listing:
        facts = {
            "price_cents": 4500,
            "currency": "EUR",
            "split_rule": SplitRule.ANY,
            "seller": seller,
            "event": event,
        } | facts
        listing = Listing(**facts)
        listing.tickets = [Ticket(seat=str(number + 1)) for number in range(tickets)]
        _db.session.add(listing)
        _db.session.commit()
        return listing

    return make


@pytest.fixture
def listing(offer) -> Listing:
    """Two tickets at 45.00."""
    return offer()


@pytest.fixture
def as_user(app: Flask) -> Callable[[User], FlaskClient]:
    """A browser in which somebody is signed in: `as_user(buyer).get("/orders")`."""
    return lambda user: sign_in_as(app, user)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Moves the clock: `later(minutes=16)` counts from the real now."""

    def travel(**delta: float) -> None:
        then = datetime.now(UTC) + timedelta(**delta)
        monkeypatch.setattr(clock, "now", lambda: then)

    return travel


@pytest.fixture
def order_of(db) -> Callable[[int], Order]:
    """The order as the database has it now."""

    def read(order_id: int) -> Order:
        db.session.rollback()
        return db.session.get_one(Order, order_id, populate_existing=True)

    return read
