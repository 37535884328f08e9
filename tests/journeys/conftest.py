"""The whole site as `bin/dev` runs it, and people with browsers."""

import math
import socket
import subprocess
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import Visitor
from tests.support.clones import make_clone
from tests.support.commands import Running, clean_environ
from tests.support.databases import PostgreSQL
from tests.support.season import SEASON

SEASON_BEGAN = datetime(2025, 8, 22, tzinfo=UTC)
SHORT_HOLD_SECONDS = 20  # long enough to pay in, short enough to wait for
HAS_FAILED = pytest.StashKey[bool]()


@dataclass(frozen=True)
class Site:
    url: str
    folder: Path
    environ: dict[str, str]

    def flask(self, *words: str) -> str:
        """Run one of the site's commands. What it prints."""
        done = subprocess.run(
            [self.folder / ".venv/bin/python", "-m", "flask", *words],
            cwd=self.folder,
            env=clean_environ() | self.environ,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Everything on its embedded defaults. A reservation outlasts every journey."""
    with _running(tmp_path_factory.mktemp("site") / "ticketbay") as site:
        yield site


@pytest.fixture(scope="session")
def hurried_site(
    tmp_path_factory: pytest.TempPathFactory, postgresql: PostgreSQL
) -> Iterator[Site]:
    """On PostgreSQL, and reservations end after SHORT_HOLD_SECONDS.

    It has a database of its own, because its worker would sweep other tests' orders.
    """
    folder = tmp_path_factory.mktemp("hurried-site") / "ticketbay"
    database = PostgreSQL(postgresql.admin_url, "site")
    variables = {"DATABASE_URL": database.url, "ORDER_HOLD_SECONDS": str(SHORT_HOLD_SECONDS)}
    with _running(folder, **variables) as site:
        yield site
    database.drop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[HAS_FAILED] = report.failed
    return report


@pytest.fixture
def visitor(
    browser: Browser, site: Site, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., Visitor]]:
    """Somebody comes to the site: `visitor("Ada")` signs up, `visitor()` just looks.

    If the test fails, what each of them saw last is kept in its temporary folder.
    """
    came: list[Visitor] = []

    def come(name: str | None = None, to: Site = site, **context: object) -> Visitor:
        visitor = Visitor(browser, to.url, **context)
        came.append(visitor)
        if name:
            visitor.signs_up(name)
        return visitor

    yield come
    if request.node.stash.get(HAS_FAILED, False):
        for number, page in enumerate(page for visitor in came for page in visitor.context.pages):
            picture = tmp_path / f"page-{number}.png"
            page.screenshot(path=picture)
            print(f"{page.url} as it was: {picture}")  # noqa: T201
    complaints = [complaint for visitor in came for complaint in visitor.complaints]
    for visitor in came:
        visitor.context.close()
    assert complaints == [], "no page logs an error or breaks the content security policy"


@contextmanager
def _running(folder: Path, **environ: str) -> Iterator[Site]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = str(server.getsockname()[1])
    environ |= {
        "PORT": port,
        "PAYMENT_GRACE_SECONDS": "2",
        "SWEEP_SECONDS": "1",
        "RATELIMIT_ENABLED": "false",
    }
    make_clone(folder)
    dev = Running(["bin/dev"], folder, clean_environ() | environ)
    try:
        dev.wait_for("ticketbay is running at")
        site = Site(f"http://localhost:{port}", folder, environ)
        environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/var/ticketbay.sqlite")
        if SEASON:
            weeks = math.ceil((datetime.now(UTC) - SEASON_BEGAN).days / 7) + 1
            site.flask("import-events", str(SEASON), "--weeks-later", str(weeks))
        yield site
    finally:
        dev.process.terminate()
        dev.ends(seconds=40)
