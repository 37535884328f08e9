"""Told at least once, in order per subject; who fails is tried again alone."""

import contextlib
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.event import listen, remove

from app.db import transaction
from app.outbox import delivery
from app.outbox.models import Delivery, Message
from app.outbox.recording import DomainEvent, record


@dataclass(frozen=True, kw_only=True)
class DoorOpened(DomainEvent):
    type = "door.opened"
    door: int

    @property
    def subject(self) -> str:
        return f"doors/{self.door}"


@dataclass(frozen=True, kw_only=True)
class DoorShut(DoorOpened):
    type = "door.shut"


class Listener:
    """A reaction that writes down what it is told and fails when asked to."""

    __module__ = "tests.outbox.reactions"

    def __init__(self, name):
        self.__name__ = name
        self.heard = []
        self.deaf_for = set()

    def __call__(self, message):
        if message.subject in self.deaf_for:
            raise RuntimeError("cannot hear")
        self.heard.append((message.type, message.subject))


@pytest.fixture
def porter():
    return Listener("porter")


@pytest.fixture
def guard():
    return Listener("guard")


@pytest.fixture(autouse=True)
def table(app, porter, guard):
    delivery.init_app(app, {"door.opened": (porter, guard), "door.shut": (porter,)})


def say(*events):
    for event in events:
        with transaction():
            record(event)


def test_each_reaction_is_told_once(porter, guard):
    say(DoorOpened(door=1), DoorShut(door=1))
    assert delivery.deliver_due() == 3
    assert delivery.deliver_due() == 0
    assert porter.heard == [("door.opened", "doors/1"), ("door.shut", "doors/1")]
    assert guard.heard == [("door.opened", "doors/1")]


def test_what_is_rolled_back_was_never_said(porter, db):
    with contextlib.suppress(ZeroDivisionError), transaction():
        record(DoorOpened(door=1))
        raise ZeroDivisionError
    assert delivery.deliver_due() == 0
    assert db.session.scalars(select(Message)).all() == []


def test_who_fails_is_tried_again_alone(porter, guard, later):
    porter.deaf_for = {"doors/1"}
    say(DoorOpened(door=1))
    delivery.deliver_due()
    assert guard.heard == [("door.opened", "doors/1")]
    assert porter.heard == []

    porter.deaf_for = set()
    assert delivery.deliver_due() == 0, "not before its time"
    later(minutes=1)
    delivery.deliver_due()
    assert porter.heard == [("door.opened", "doors/1")]
    assert guard.heard == [("door.opened", "doors/1")], "not told twice"


def test_a_failure_holds_back_its_own_subject_and_no_other(porter, later):
    porter.deaf_for = {"doors/1"}
    say(DoorOpened(door=1), DoorShut(door=1), DoorOpened(door=2))
    delivery.deliver_due()
    delivery.deliver_due()
    assert porter.heard == [("door.opened", "doors/2")]

    porter.deaf_for = set()
    later(minutes=1)
    delivery.deliver_due()
    delivery.deliver_due()
    assert porter.heard[1:] == [("door.opened", "doors/1"), ("door.shut", "doors/1")]


def test_many_stuck_subjects_do_not_hide_the_others(porter, monkeypatch, later):
    monkeypatch.setattr(delivery, "BATCH", 3)
    porter.deaf_for = {f"doors/{number}" for number in range(5)}
    say(*(DoorOpened(door=number) for number in range(8)))
    for _ in range(8):
        delivery.deliver_due()
    assert {subject for _, subject in porter.heard} == {"doors/5", "doors/6", "doors/7"}


def test_a_claim_whose_worker_died_falls_due_again(porter, db, later):
    say(DoorShut(door=1))
    with transaction():
        assert delivery._claim(db.session.scalars(select(Delivery)).one())
    assert delivery.deliver_due() == 0
    later(seconds=91)
    assert delivery.deliver_due() == 1
    assert porter.heard == [("door.shut", "doors/1")]


def test_one_subject_can_be_told_at_once(porter):
    say(DoorOpened(door=1), DoorOpened(door=2))
    delivery.deliver_subject("doors/2")
    assert porter.heard == [("door.opened", "doors/2")]


def test_a_reaction_that_is_gone_is_dropped_not_stuck(app, porter, guard, db):
    say(DoorOpened(door=1))
    delivery.init_app(app, {"door.opened": (guard,)})
    delivery.deliver_due()
    assert set(db.session.scalars(select(Delivery.status))) == {"done"}


def test_an_event_to_which_nobody_reacts_costs_one_statement(app, db):
    delivery.init_app(app, {})
    statements = []

    def keep(_connection, _cursor, statement, *_):
        statements.append(statement)

    with transaction():
        record(DoorOpened(door=1))
        listen(db.engine, "before_cursor_execute", keep)
        db.session.flush()
        remove(db.engine, "before_cursor_execute", keep)
    assert [each.split()[:3] for each in statements] == [["INSERT", "INTO", "messages"]]


def test_events_are_told_in_the_order_in_which_they_were_recorded(db):
    with transaction():
        for door in range(300):
            record(DoorShut(door=door))
    in_order = db.session.scalars(select(Message).order_by(Message.position))
    assert [message.data["door"] for message in in_order] == list(range(300))
