"""PostgreSQL goes silent in the middle of everything: nobody waits for it for long."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app import postgresql as ours
from tests.support.databases import PostgreSQL

pytestmark = pytest.mark.processes

ANSWER_SECONDS = 5
SLACK_SECONDS = 1  # a busy machine


@pytest.fixture
def database_url(postgresql: PostgreSQL) -> str:
    """SQLite is no process that could go silent."""
    return postgresql.fresh()


class Server:
    """The processes of the PostgreSQL that the test uses, to be stopped and let go on."""

    def __init__(self, backend: int):
        stat = Path(f"/proc/{backend}/stat").read_text()
        self.pid = int(stat.rpartition(")")[2].split()[1])  # the parent of every backend

    def freeze(self) -> None:
        """Its kernel still takes connections, and nobody answers."""
        self._send(signal.SIGSTOP)

    def go_on(self) -> None:
        self._send(signal.SIGCONT)

    def _send(self, number: int) -> None:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        for process in (self.pid, *map(int, children.split())):
            os.kill(process, number)


@pytest.fixture
def server(db) -> Iterator[Server]:
    backend = db.session.scalar(text("SELECT pg_backend_pid()"))
    db.session.rollback()
    try:
        server = Server(backend)
        server.go_on()
    except OSError:
        pytest.skip("the server is on another machine, or somebody else's")
    yield server
    server.go_on()


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


@pytest.mark.parametrize("path", ["/readyz", "/"])
def test_a_page_says_so_in_time_and_comes_again_afterwards(app, server, path):
    client = app.test_client()
    assert client.get(path).status_code == 200
    server.freeze()
    for _ in range(2):  # with a connection from before, and with none
        with at_most(ANSWER_SECONDS + SLACK_SECONDS):
            assert client.get(path).status_code == 503
    server.go_on()
    assert client.get(path).status_code == 200


def test_a_statement_that_was_under_way_is_given_up(db, server):
    db.session.execute(text("SELECT 1"))
    server.freeze()
    with at_most(ours.STATEMENT_SECONDS + 1 + SLACK_SECONDS), pytest.raises(OperationalError):
        db.session.execute(text("SELECT 1"))


def test_a_slow_statement_is_ended_by_the_server_and_the_connection_stays(db):
    before = db.session.scalar(text("SELECT pg_backend_pid()"))
    with pytest.raises(OperationalError, match="statement timeout"):
        db.session.execute(text("SELECT pg_sleep(8)"))
    db.session.rollback()
    assert db.session.scalar(text("SELECT pg_backend_pid()")) == before


class TestWithTwoThreads:
    @pytest.fixture
    def environ(self):
        return {"WEB_THREADS": "2"}

    def test_there_are_two_connections_and_the_third_does_not_wait_long(self, db):
        db.session.remove()
        with (
            db.engine.connect(),
            db.engine.connect(),
            at_most(1 + SLACK_SECONDS),
            pytest.raises(PoolTimeout),
        ):
            db.engine.connect()
