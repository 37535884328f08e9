"""The event stream: every domain event, appended to a Redis Stream for others to follow.

The messages that the stream lacks are appended in order, a batch in one transaction of Redis,
and then marked. Any number of workers may do that at once: a batch goes in only if the
stream's last entry is the one that the batch was read with, and nobody appends meanwhile
(WATCH). So subjects stay in order even if a worker falls asleep between reading and appending.

If the stream ends otherwise than we noted, there are two reasons. A worker died, or is about to
note what it appended: then our last entry is still there, and what follows it is marked. Or the
stream lost entries, because Redis was emptied or brought back from an older copy: then what
came after its last entry is appended once more.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app
from redis.exceptions import RedisError, WatchError
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app import jobs
from app.config import Settings
from app.db import changed, db, transaction
from app.integrations.models import EventStream
from app.outbox import cloud_events, following

log = logging.getLogger(__name__)

BATCH = 200
MOST_BATCHES = 100  # of one run, so that its lane goes on living
TIMEOUT_SECONDS = 5

Attributes = dict[str, str]
# What XREVRANGE answers: the id of an entry and its fields, newest first.
Entries = list[tuple[bytes, dict[bytes, bytes]]]


@dataclass(frozen=True)
class Known:
    """What the row of the stream says."""

    name: str
    last_entry: str | None
    batch: int


class Moved(Exception):
    """The stream does not end with the entry that we know as its last."""


class Stream:
    """The stream of one process, and whether Redis was there when it was last asked."""

    def __init__(self, settings: Settings):
        self.redis = jobs.connect(settings, timeout=TIMEOUT_SECONDS)
        self.name = settings.event_stream
        self.length = settings.event_stream_length
        self.is_away = False

    def last(self, count: int = 1) -> Entries:
        """Its newest entries, newest first."""
        return cast(Entries, self.redis.xrevrange(self.name, count=count))

    def append(self, messages: Sequence[Attributes], after: str | None) -> str:
        """Append all of them or none, as the next ones `after` this entry. The id of the last.

        Moved if another entry is the last one, WatchError if it ceases to be just now.
        """
        with self.redis.pipeline() as pipe:
            pipe.watch(self.name)  # type: ignore[no-untyped-call]
            if _last_id(cast(Entries, pipe.xrevrange(self.name, count=1))) != after:
                raise Moved
            pipe.multi()
            for message in messages:
                pipe.xadd(
                    self.name,
                    cast(Any, message),
                    maxlen=self.length,
                    approximate=True,
                )
            return cast(bytes, pipe.execute()[-1]).decode()


def init_app(app: Flask, settings: Settings) -> None:
    app.extensions["event_stream"] = Stream(settings)


def append_due() -> int:
    """Append to the stream what it lacks, and notice what it lost. How many. Part of the schedule.

    While Redis is away everything stays as it is, and nobody waits for it but this lane.
    """
    stream: Stream = current_app.extensions["event_stream"]
    appended = 0
    try:
        for _ in range(MOST_BATCHES):
            known = _known(stream)
            messages = [cloud_events.attributes_of(one) for one in following.not_in_stream(BATCH)]
            db.session.rollback()
            try:
                if not messages:
                    if _last_id(stream.last()) != known.last_entry:
                        raise Moved
                    break
                last_entry = stream.append(messages, known.last_entry)
            except Moved:
                _catch_up(stream, known)
            except WatchError:
                break  # another worker is at it
            else:
                _note(known, last_entry, [message["id"] for message in messages])
                appended += len(messages)
        _is_there(stream)
    except (RedisError, OSError) as error:
        _is_away(stream, error)
    return appended


def _known(stream: Stream) -> Known:
    """What we know of the stream. Read before the messages, whose marks are set along with it."""
    if known := _find(stream):
        return known
    try:
        with transaction():
            db.session.add(EventStream(name=stream.name))
            following.take_out_of_stream(None, stream.length)  # of the name it had before
    except IntegrityError:
        pass  # another worker was faster
    return cast(Known, _find(stream))


def _find(stream: Stream) -> Known | None:
    row = db.session.scalar(select(EventStream).filter_by(name=stream.name))
    return Known(row.name, row.last_entry, row.batch) if row else None


def _note(known: Known, last_entry: str | None, message_ids: Sequence[str]) -> None:
    """These messages are in the stream, up to this entry. Nothing if somebody noted it before."""
    with transaction():
        if _goes_on(known, last_entry):
            following.put_into_stream(message_ids, known.batch + 1)


def _catch_up(stream: Stream, known: Known) -> None:
    entries = stream.last(BATCH + 1)
    ids = [id.decode() for id, _ in entries]
    if known.last_entry is None or known.last_entry in ids:
        new = entries[: ids.index(known.last_entry)] if known.last_entry else entries
        _note(known, ids[0], [_message_id(fields) for _, fields in new])
        return
    last_message = _message_id(entries[0][1]) if entries else None
    with transaction():
        if not _goes_on(known, ids[0] if ids else None):
            return
        lost = following.take_out_of_stream(last_message, stream.length)
    log.warning("%s lost entries, appending %s events again", stream.name, lost)


def _goes_on(known: Known, last_entry: str | None) -> bool:
    """Whether nobody changed what we know; then this is the last entry from now on."""
    return bool(
        changed(
            update(EventStream)
            .where(EventStream.name == known.name, EventStream.batch == known.batch)
            .values(last_entry=last_entry, batch=known.batch + 1)
            .execution_options(synchronize_session=False)
        )
    )


def _last_id(entries: Entries) -> str | None:
    return entries[0][0].decode() if entries else None


def _message_id(fields: dict[bytes, bytes]) -> str:
    return fields.get(b"id", b"").decode(errors="replace")


def _is_there(stream: Stream) -> None:
    if stream.is_away:
        log.info("Redis is back, and %s has every event", stream.name)
    stream.is_away = False


def _is_away(stream: Stream, error: Exception) -> None:
    if not stream.is_away:
        log.warning("%s waits, because Redis is away (%s)", stream.name, error)
    stream.is_away = True
