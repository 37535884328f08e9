"""Two programs follow the stream, each in its way, while everything around them is killed."""

import json
import sqlite3
import sys
from collections import defaultdict
from contextlib import closing

import pytest

from app.config import ROOT
from app.db import db as _db
from app.db import transaction
from app.integrations import stream
from app.orders import cancellation, reservation
from app.orders.models import Actor, Order
from app.outbox.models import Message
from tests.support.processes import Running, until

pytestmark = pytest.mark.processes

EXAMPLE = ROOT / "docs" / "examples" / "orders_table.py"
LOGBOOK = ROOT / "tests" / "integrations" / "logbook.py"


@pytest.fixture
def environ(valkey):
    return {"REDIS_URL": valkey.url}


class Consumer:
    """A program that keeps a table. It can be killed and started again."""

    def __init__(self, program, valkey, folder):
        self.program, self.url = program, valkey.url
        self.table = folder / f"{program.stem}.sqlite"
        self.log = folder / f"{program.stem}.log"
        self.start()

    def start(self):
        command = [sys.executable, str(self.program), str(self.table)]
        self.running = Running(command, {"REDIS_URL": self.url}, self.log)

    def kill(self):
        self.running.send(9)
        self.running.ends(seconds=10)

    def rows(self, query):
        try:
            with closing(sqlite3.connect(self.table)) as connection:
                return connection.execute(query).fetchall()
        except sqlite3.OperationalError:  # it has not begun
            return []


@pytest.fixture
def consumer(valkey, tmp_path):
    """Starts one: `consumer(EXAMPLE)`. All are gone after the test."""
    started = []

    def start(program):
        started.append(Consumer(program, valkey, tmp_path))
        return started[-1]

    yield start
    for each in started:
        each.running.clear_away()
        assert "Traceback" not in each.running.output


@pytest.fixture
def buy(app, offer, person):
    """Somebody reserves and every second one cancels again: `buy(4)`."""
    number = 0

    def go(times):
        nonlocal number
        listing = offer(tickets=times)
        for turn in range(times):
            number += 1
            buyer = person(f"buyer-{number}")
            with transaction():
                order = reservation.reserve(listing.id, buyer.id, 1, 1)
            if turn % 2:
                with transaction():
                    cancellation.cancel(order.id, actor=Actor.BUYER, reason="buyer")

    return go


def test_both_see_everything_in_order_whatever_is_killed(
    app, valkey, consumer, buy, open_doors, orders_as_they_are, seen_by
):
    table, logbook = consumer(EXAMPLE), consumer(LOGBOOK)

    def happens():
        buy(4)
        open_doors(*[1, 2, 3] * 5)
        stream.append_due()

    happens()
    assert until(lambda: seen_by(logbook), seconds=15)
    logbook.kill()
    table.kill()
    happens()
    table.start()
    logbook.start()
    happens()
    logbook.kill()  # with something handed to it and not acknowledged
    valkey.kill()
    happens()
    logbook.start()
    valkey.go_on()
    happens()
    valkey.wipe()
    happens()
    table.kill()
    valkey.kill()
    valkey.go_on()
    table.start()

    def all_seen():
        stream.append_due()
        return len(seen_by(logbook)) == number_of_messages()

    assert until(all_seen, seconds=30)
    kept = "SELECT id, listing, quantity, status FROM orders"
    assert until(lambda: sorted(table.rows(kept)) == orders_as_they_are(), seconds=15)
    recorded, told = defaultdict(list), defaultdict(list)
    for message in _db.session.scalars(_db.select(Message).order_by(Message.position)):
        recorded[message.subject].append(message.data)
    for subject, data in seen_by(logbook):
        told[subject].append(json.loads(data))
    assert told == recorded


@pytest.fixture
def orders_as_they_are(app):
    def read():
        _db.session.rollback()
        columns = (Order.public_id, Order.listing_id, Order.quantity, Order.status)
        return sorted(map(tuple, _db.session.execute(_db.select(*columns))))

    return read


@pytest.fixture
def seen_by():
    return lambda logbook: logbook.rows("SELECT subject, data FROM seen ORDER BY rowid")


def number_of_messages():
    _db.session.rollback()
    return _db.session.query(Message).count()
