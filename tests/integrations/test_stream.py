"""Every domain event gets into the stream, in order, whatever becomes of Redis and workers."""

import json
import threading

import pytest

from app import clock, create_app, jobs
from app.config import settings
from app.db import db as _db
from app.db import transaction
from app.integrations import stream
from app.integrations.models import EventStream
from app.orders import reservation
from app.outbox import following
from app.outbox.models import Message
from tests.integrations.conftest import DoorOpened
from tests.support.settings import settings_for

pytestmark = pytest.mark.processes

NAME = "ticketbay:events"


@pytest.fixture
def environ(valkey):
    return {"REDIS_URL": valkey.url, "EVENT_STREAM_LENGTH": "1000"}


@pytest.fixture
def entries(valkey):
    """The fields of each entry, oldest first."""

    def read(name=NAME):
        return [
            {key.decode(): value.decode() for key, value in fields.items()}
            for _, fields in valkey.client.xrange(name)
        ]

    return read


@pytest.fixture
def doors(entries):
    """Which doors the stream says have opened, in its order."""
    return lambda: [json.loads(entry["data"])["door"] for entry in entries()]


def test_an_event_has_the_attributes_of_cloudevents(app, entries, listing, buyer):
    with transaction():
        order = reservation.reserve(listing.id, buyer.id, 2, listing.version)
        public_id, expires_at = order.public_id, order.expires_at
    assert stream.append_due() == 1
    [entry] = entries()
    message = _db.session.scalars(_db.select(Message)).one()
    assert json.loads(entry.pop("data")) == {
        "order_id": public_id,
        "listing_id": listing.id,
        "quantity": 2,
        "total_cents": 9450,
        "currency": "EUR",
        "status": "awaiting_payment",
        "expires_at": expires_at.isoformat(),
    }
    assert entry == {
        "specversion": "1.0",
        "id": message.id,
        "source": "http://localhost:8000",
        "type": "order.reserved",
        "time": message.happened_at.isoformat().replace("+00:00", "Z"),
        "subject": f"orders/{public_id}",
        "datacontenttype": "application/json",
        "dataversion": "1",
    }


def test_events_come_once_and_in_order(open_doors, doors):
    open_doors(1, 2, 1)
    assert stream.append_due() == 3
    open_doors(3)
    assert stream.append_due() == 1
    assert stream.append_due() == 0
    assert doors() == [1, 2, 1, 3]


def test_more_than_a_batch_at_once(open_doors, doors, monkeypatch):
    monkeypatch.setattr(stream, "BATCH", 2)
    open_doors(*range(5))
    assert stream.append_due() == 5
    assert doors() == [0, 1, 2, 3, 4]


def test_without_an_event_nothing_is_appended(app, valkey):
    assert stream.append_due() == 0
    valkey.wipe()
    assert stream.append_due() == 0
    assert valkey.client.keys() == []


def test_the_stream_is_trimmed(app, valkey):
    with transaction():
        for number in range(1500):
            _db.session.add(message_of(DoorOpened(door=number)))
    assert stream.append_due() == 1500
    assert 1000 <= valkey.client.xlen(NAME) < 1200
    assert stream.append_due() == 0, "what was trimmed is not missed"


@pytest.mark.parametrize("trouble", ["kill", "hang"])
def test_while_redis_is_away_nothing_is_lost_and_it_is_said_once(
    open_doors, doors, valkey, monkeypatch, caplog, trouble
):
    impatient = jobs.connect(settings(), timeout=0.3)
    monkeypatch.setattr(stream.current_app.extensions["event_stream"], "redis", impatient)
    open_doors(1)
    stream.append_due()
    getattr(valkey, trouble)()
    open_doors(2)
    for _ in range(3):
        assert stream.append_due() == 0
    assert len([each for each in caplog.records if "Redis is away" in each.message]) == 1
    valkey.go_on()
    stream.append_due()
    assert doors() == [1, 2]


def test_a_request_does_not_wait_for_the_stream(app, valkey, listing, buyer, as_user, monkeypatch):
    def never(*_arguments):
        raise AssertionError("the stream was asked")

    monkeypatch.setattr(stream.Stream, "append", never)
    monkeypatch.setattr(stream.Stream, "last", never)
    form = {"quantity": "1", "version": str(listing.version)}
    answer = as_user(buyer).post(f"/listings/{listing.id}/reservations", data=form)
    assert "/orders/" in answer.location
    _db.session.rollback()
    assert _db.session.query(Message).count() == 1


def test_a_stream_that_was_wiped_is_filled_again(open_doors, doors, valkey):
    open_doors(1, 2)
    stream.append_due()
    valkey.wipe()
    open_doors(3)
    stream.append_due()
    assert doors() == [1, 2, 3]


def test_it_is_noticed_without_a_new_event(open_doors, doors, valkey):
    open_doors(1, 2)
    stream.append_due()
    valkey.kill()
    valkey.go_on()
    stream.append_due()
    assert doors() == [1, 2]


def test_it_is_filled_as_far_back_as_it_would_reach(app, valkey):
    with transaction():
        for number in range(1500):
            _db.session.add(message_of(DoorOpened(door=number)))
    stream.append_due()
    valkey.wipe()
    assert stream.append_due() == 1000


def test_a_stream_from_an_older_copy_gets_what_it_lacks(open_doors, doors, valkey, monkeypatch):
    monkeypatch.setattr(stream, "BATCH", 4)
    monkeypatch.setattr(following, "SLICE", 2)
    open_doors(1)
    stream.append_due()
    open_doors(2)
    stream.append_due()
    older = valkey.client.dump(NAME)
    open_doors(3, 4)
    stream.append_due()
    open_doors(5)
    stream.append_due()
    valkey.client.restore(NAME, 0, older, replace=True)
    assert stream.append_due() == 3
    assert doors() == [1, 2, 3, 4, 5]


def test_a_stream_that_others_wrote_to_loses_nothing(open_doors, entries, valkey):
    open_doors(1, 2)
    stream.append_due()
    valkey.wipe()
    valkey.client.xadd(NAME, {"not": "ours"})
    stream.append_due()
    open_doors(3)
    stream.append_due()
    assert [json.loads(each["data"])["door"] for each in entries() if "data" in each] == [1, 2, 3]


def test_a_stream_of_another_name_gets_everything(app, database_url, valkey, open_doors, entries):
    open_doors(1, 2)
    stream.append_due()
    _db.session.remove()
    other = create_app(settings_for(database_url, REDIS_URL=valkey.url, EVENT_STREAM="elsewhere"))
    with other.app_context():
        stream.append_due()
    assert len(entries("elsewhere")) == 2


def test_a_worker_that_dies_before_it_notes_what_it_appended_doubles_nothing(
    open_doors, doors, monkeypatch
):
    open_doors(1)
    with monkeypatch.context() as patch:
        patch.setattr(stream, "_note", die)
        with pytest.raises(KeyboardInterrupt):
            stream.append_due()
    open_doors(2)
    stream.append_due()
    assert doors() == [1, 2]
    assert _db.session.query(Message).filter(Message.stream_batch.is_(None)).count() == 0


def test_a_worker_that_slept_between_reading_and_appending_doubles_nothing(
    app, open_doors, doors, monkeypatch
):
    open_doors(1, 2)
    awake = stream.Stream.append

    def after_another(self, messages, after):
        monkeypatch.setattr(stream.Stream, "append", awake)
        stream.append_due()  # by another worker, meanwhile
        open_doors(3)
        stream.append_due()
        return awake(self, messages, after)

    monkeypatch.setattr(stream.Stream, "append", after_another)
    stream.append_due()
    assert doors() == [1, 2, 3]


class TestSeveralWorkers:
    """They append at once what is recorded meanwhile."""

    WORKERS = 4
    EVENTS = 60

    def run(self, app, open_doors, doors, monkeypatch):
        monkeypatch.setattr(stream, "BATCH", 5)
        done = threading.Event()
        errors = []

        def work():
            with app.app_context():
                try:
                    while not done.is_set():
                        stream.append_due()
                except Exception as error:
                    errors.append(error)

        workers = [threading.Thread(target=work) for _ in range(self.WORKERS)]
        for worker in workers:
            worker.start()
        for number in range(self.EVENTS):
            open_doors(number)
        done.set()
        for worker in workers:
            worker.join()
        stream.append_due()
        assert errors == []
        return doors()

    def test_each_event_comes_once_and_in_order(self, app, open_doors, doors, monkeypatch):
        assert self.run(app, open_doors, doors, monkeypatch) == list(range(self.EVENTS))

    def test_with_the_guard_off_some_come_twice(self, app, open_doors, doors, monkeypatch):
        def careless(self, messages, after):
            for fields in messages:
                last = self.redis.xadd(self.name, fields)
            return last.decode()

        monkeypatch.setattr(stream.Stream, "append", careless)
        told = self.run(app, open_doors, doors, monkeypatch)
        assert set(told) == set(range(self.EVENTS))
        assert len(told) > self.EVENTS


def test_what_is_known_of_the_stream_is_one_row(open_doors, valkey):
    open_doors(1)
    stream.append_due()
    [row] = _db.session.scalars(_db.select(EventStream))
    assert row.last_entry == valkey.client.xinfo_stream(NAME)["last-generated-id"].decode()


def message_of(event) -> Message:
    return Message(
        type=event.type,
        version=1,
        subject=event.subject,
        data={"door": event.door},
        happened_at=clock.now(),
    )


def die(*_arguments):
    raise KeyboardInterrupt
