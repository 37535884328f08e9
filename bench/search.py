"""`bench/search`: are lists and searches as fast with a million listings as with ten thousand?"""

import argparse
import os
import platform
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

from flask import Flask
from sqlalchemy import text

from app import clock, create_app
from app.config import ROOT
from app.db import db
from bench import marketplace, report
from bench.comparing import Comparison, Pair
from bench.questions import Question, combinations, lists
from tests.support.databases import PostgreSQL, SQLite, postgresql_server
from tests.support.settings import settings_for

PACKAGES = ("sqlalchemy", "flask", "flask-sqlalchemy", "psycopg")


def main() -> None:
    options, began = _options(), perf_counter()
    now = clock.now()
    clock.now = lambda: now  # both databases are asked at the same moment
    results = {}
    for database in options.databases:
        with _marketplaces(database, options) as (small, large):
            results[database] = {
                "version": _version(small),
                "lists": _compare(small, large, lists, options.rounds, seconds=0.1, least=7),
                "combinations": _compare(
                    small, large, combinations, options.rounds, seconds=0, least=1
                )
                if options.combinations
                else [],
            }
    about = {
        "sizes": [options.small, options.large],
        "rounds": options.rounds,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "seconds": round(perf_counter() - began),
    }
    report.show(about, results)
    report.write(options.json, about, results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/search", description=__doc__)
    parser.add_argument("--small", type=int, default=10_000, help="listings (10000)")
    parser.add_argument("--large", type=int, default=1_000_000, help="listings (1000000)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--database", dest="databases", action="append", choices=("sqlite", "postgresql")
    )
    parser.add_argument(
        "--no-combinations",
        dest="combinations",
        action="store_false",
        help="leave out what filters can be combined to",
    )
    parser.add_argument(
        "--json", type=Path, default=ROOT / "var/bench-search.json", help="where figures go"
    )
    options = parser.parse_args()
    options.databases = options.databases or ["sqlite", "postgresql"]
    if min(options.small, options.large) < marketplace.LEAST_LISTINGS:
        parser.error(f"a marketplace has at least {marketplace.LEAST_LISTINGS} listings")
    return options


@contextmanager
def _marketplaces(database: str, options: argparse.Namespace) -> Iterator[list[Flask]]:
    """The small and the large one on this database, which are gone afterwards."""
    with _empty_databases(database) as urls:
        apps = []
        for url, listings in zip(urls, (options.small, options.large), strict=True):
            report.say(f"{database}: making {listings:,} listings")
            app = create_app(settings_for(url))
            with app.app_context():
                marketplace.fill(listings)
            apps.append(app)
        yield apps
        for app in apps:
            with app.app_context():
                db.engine.dispose()


@contextmanager
def _empty_databases(kind: str) -> Iterator[Iterable[str]]:
    """Two URLs, migrated."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="ticketbay-bench-") as folder:
            databases = SQLite(Path(folder))
            yield databases.fresh(), databases.fresh()
    else:
        with postgresql_server() as server:
            small, large = PostgreSQL(server, "bench_small"), PostgreSQL(server, "bench_large")
            yield small.url, large.url
            for database in (small, large):
                database.drop()


def _compare(
    small: Flask,
    large: Flask,
    questions: Callable[[], Iterator[Question]],
    rounds: int,
    **patience: Any,
) -> list[Comparison]:
    asked = []
    for app in (small, large):
        with app.app_context():
            asked.append({question.name: question for question in questions()})
    pair = Pair(small, large, {name: (asked[0][name], asked[1][name]) for name in asked[0]})
    pair.look()
    for number in range(rounds):
        report.say(f"{questions.__name__}, round {number + 1} of {rounds}")
        pair.measure(**patience)
    return list(pair.comparisons.values())


def _version(app: Flask) -> str:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            return f"SQLite {sqlite3.sqlite_version}"
        return f"PostgreSQL {db.session.scalar(text('SHOW server_version'))}"


if __name__ == "__main__":
    main()
