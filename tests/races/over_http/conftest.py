"""Races through the front door: two web processes, four threads each, a worker, and a crowd."""

import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from app.accounts.models import User
from tests.support.processes import Running, until
from tests.support.settings import NO_REDIS
from tests.support.signing_in import sign_in_as

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
LINGERING_SECONDS = 0.05


@pytest.fixture
def environ() -> dict[str, str]:
    """For the app in the test and the processes beside it. Cookies are named after the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": "one secret for the test and the processes it starts",
        "REDIS_URL": NO_REDIS,
    }


@pytest.fixture
def start(
    database_url: str, environ: dict[str, str], tmp_path: Path
) -> Iterator[Callable[..., Running]]:
    """Starts a Python program on the test's database. It is gone after the test."""
    started: list[Running] = []

    def run(*words: str, guards_off: str = "") -> Running:
        variables = environ | {
            "DATABASE_URL": database_url,
            "RATELIMIT_ENABLED": "false",
            "WEB_CONCURRENCY": "2",
            "WEB_THREADS": "4",
            "LINGER_SECONDS": str(LINGERING_SECONDS),
            "GUARDS_OFF": guards_off,
        }
        log = tmp_path / f"process-{len(started)}.log"
        started.append(Running([sys.executable, *words], variables, log))
        return started[-1]

    yield run
    for running in started:
        running.clear_away()
        print(running.output)  # noqa: T201  pytest shows it beside a failure


@pytest.fixture
def site(app: Flask, start: Callable[..., Running], environ: dict[str, str]) -> Callable[..., str]:
    """Starts gunicorn, staged for a race: `site(guards_off="locks")`. Its address."""
    return lambda **how: serve(start, environ, "tests.races.over_http.staged_wsgi:app", **how)


@pytest.fixture
def server(app: Flask, start: Callable[..., Running], environ: dict[str, str]) -> str:
    """The address of gunicorn with the app as it is."""
    return serve(start, environ, "wsgi:app")


@pytest.fixture
def cookies_of(app: Flask) -> Callable[[User], dict[str, str]]:
    """The cookies of a browser in which this user is signed in."""

    def sign_in(user: User) -> dict[str, str]:
        name = app.config["SESSION_COOKIE_NAME"]
        cookie = sign_in_as(app, user).get_cookie(name)
        assert cookie
        return {name: cookie.value}

    return sign_in


def serve(start: Callable[..., Running], environ: dict[str, str], wsgi_app: str, **how: str) -> str:
    gunicorn = start("-m", "gunicorn", "-c", "gunicorn.conf.py", wsgi_app, **how)
    address = environ["PUBLIC_URL"]

    def answers() -> bool:
        try:
            return requests.get(f"{address}/livez", timeout=2).ok
        except requests.ConnectionError:
            return gunicorn.process.poll() is not None

    assert until(answers, seconds=30), "gunicorn does not answer"
    assert gunicorn.process.poll() is None, "gunicorn did not start"
    return address


class Window:
    """A browser window in which somebody looks at a page, with the token of its forms."""

    def __init__(self, site: str, cookies: Mapping[str, str], path: str):
        self.site = site
        self.http = requests.Session()
        self.http.trust_env = False
        for name, value in cookies.items():
            self.http.cookies.set(name, value, domain="127.0.0.1")
        page = self.http.get(site + path, timeout=30)
        found = TOKEN.search(page.text)
        assert found, f"{page.status_code}: no form on the page"
        self.token = found[1]

    def posts(self, path: str, **fields: Any) -> requests.Response:
        """Submit a form. Redirects are not followed."""
        return self.http.post(
            self.site + path,
            data={"csrf_token": self.token} | fields,
            timeout=30,
            allow_redirects=False,
        )

    def reserves(self, listing_id: int, quantity: int = 1) -> requests.Response:
        """Click on Reserve beside the first version of the offer."""
        path = f"/listings/{listing_id}/reservations"
        return self.posts(path, quantity=quantity, version=1)


def open_windows(site: str, visits: Sequence[Mapping[str, str]], path: str) -> list[Window]:
    """A window for each of these cookies."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda cookies: Window(site, cookies, path), visits))


def all_at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Call all of these in the same moment. What each of them gave."""
    gate = threading.Barrier(len(calls))

    def call(each: Callable[[], Any]) -> Any:
        gate.wait()
        return each()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))
