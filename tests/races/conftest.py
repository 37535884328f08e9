"""Races: many at once, one who comes at the worst moment, and the guards switched off."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sqlalchemy_event

from app.db import db as _db
from app.db import transaction
from app.errors import Conflict, Invalid
from app.orders import reservation
from tests.races import guards

CONTESTANTS = 12
LINGERING_SECONDS = 0.02
# An opponent who has not come through by then is waiting for our lock.
PATIENCE_SECONDS = 0.3


@pytest.fixture
def environ() -> dict[str, str]:
    return {"WEB_THREADS": "32"}  # a connection for each contestant


@pytest.fixture
def at_once(app: Flask) -> Callable[..., Counter]:
    """Runs calls in threads of their own, let loose together: `at_once([call] * 12)["won"]`.

    Counts the outcomes: "won", or the name of the refusal. Anything else is raised.
    """

    def run(calls: list[Callable[[], object]]) -> Counter:
        outcomes: Counter = Counter()
        broken: list[BaseException] = []
        gate = threading.Barrier(len(calls))
        _db.session.remove()

        def contest(call: Callable[[], object]) -> None:
            with app.app_context():
                gate.wait()
                try:
                    call()
                    outcomes["won"] += 1
                except (Conflict, Invalid) as refusal:
                    outcomes[type(refusal).__name__] += 1
                except BaseException as error:
                    broken.append(error)

        threads = [threading.Thread(target=contest, args=(call,)) for call in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        if broken:
            raise broken[0]
        return outcomes

    return run


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody takes a moment after they looked and after they picked, so they meet every time."""
    guards.linger(monkeypatch.setattr, LINGERING_SECONDS)


@pytest.fixture
def at_the_worst_moment(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Lets `opponent` run right before `module.name` is called the first time.

    Whoever is guarded makes the opponent wait, and is through before them. Gives
    a function that waits for the opponent and says how they ended.
    """

    def arrange(module: Any, name: str, opponent: Callable[[], object]) -> Callable[[], str]:
        original = getattr(module, name)
        outcome: list[str] = []
        broken: list[BaseException] = []

        def run() -> None:
            with app.app_context():
                try:
                    opponent()
                    outcome.append("won")
                except (Conflict, Invalid) as refusal:
                    outcome.append(type(refusal).__name__)
                except BaseException as error:
                    broken.append(error)

        thread = threading.Thread(target=run)

        def interrupted(*args: Any, **kwargs: Any) -> Any:
            if thread.ident is None:
                thread.start()
                thread.join(PATIENCE_SECONDS)
            return original(*args, **kwargs)

        def end() -> str:
            thread.join(30)
            _db.session.rollback()
            if broken:
                raise broken[0]
            return outcome[0]

        monkeypatch.setattr(module, name, interrupted)
        return end

    return arrange


@pytest.fixture
def without_locks(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rows are read without a lock; on SQLite, writers do not queue for their turn either."""
    guards.locks_off(monkeypatch.setattr)
    if _db.engine.dialect.name != "sqlite":
        yield
        return
    listening = (_db.engine, "before_cursor_execute", guards.begin_off)
    sqlalchemy_event.listen(*listening, retval=True)
    yield
    sqlalchemy_event.remove(*listening)


@pytest.fixture
def without_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tickets are taken and orders moved without asking once more whether they still are free."""
    guards.conditions_off(monkeypatch.setattr)


@pytest.fixture
def reserve(app: Flask) -> Callable[..., None]:
    """Reserves in a transaction of its own, by ids, for use in any thread."""

    def call(listing_id: int, buyer_id: int, quantity: int = 1, version: int = 1) -> None:
        with transaction():
            reservation.reserve(listing_id, buyer_id, quantity, version)

    return call
