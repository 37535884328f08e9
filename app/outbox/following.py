"""What those who follow from outside lack: each marks the messages that it has taken over.

A mark is an empty column until then, not the number of the last message: a transaction that
commits late brings a message in front of others that were told before it.
"""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import ColumnElement, or_, select, update

from app import clock
from app.db import changed, db
from app.outbox.models import Message

LACKING = Message.stream_batch.is_(None)
SLICE = 5000
NOT_FANNED_OUT = Message.fanned_out_at.is_(None)


def not_in_stream(limit: int) -> Sequence[Message]:
    """The messages that no batch of the event stream holds, in order."""
    return db.session.scalars(
        select(Message).where(LACKING).order_by(Message.position).limit(limit)
    ).all()


def put_into_stream(message_ids: Collection[str], batch: int) -> int:
    """Note that this batch holds them. How many are known here."""
    return changed(
        update(Message)
        .where(Message.id.in_(message_ids))
        .values(stream_batch=batch)
        .execution_options(synchronize_session=False)
    )


def take_out_of_stream(last_id: str | None, most: int) -> int:
    """Forget that the stream held what came after the message `last_id`. How many messages.

    Without it, or if nobody knows it, the stream holds nothing. Looks at the newest `most` only:
    the stream would not hold more.
    """
    positions = select(Message.position).order_by(Message.position.desc())
    newest = db.session.scalar(positions.limit(1)) or 0
    oldest = db.session.scalar(positions.offset(most - 1).limit(1)) or 1
    lost = [~LACKING, *_after(last_id)]
    return sum(
        changed(
            update(Message)
            .where(*lost, Message.position.between(first, first + SLICE - 1))
            .values(stream_batch=None)
            .execution_options(synchronize_session=False)
        )
        # No statement takes so long that the database gives it up.
        for first in range(oldest, newest + 1, SLICE)
    )


def _after(last_id: str | None) -> Iterator[ColumnElement[bool]]:
    """What is true of messages that were appended after this one."""
    last = db.session.execute(
        select(Message.position, Message.stream_batch).where(Message.id == last_id)
    ).one_or_none()
    if last is not None and last.stream_batch is not None:
        yield or_(
            Message.stream_batch > last.stream_batch,
            (Message.stream_batch == last.stream_batch) & (Message.position > last.position),
        )


def any_not_fanned_out() -> bool:
    """Whether there is a message that webhooks have not been looked up for."""
    waiting = select(Message.position).where(NOT_FANNED_OUT)
    return db.session.scalar(waiting.limit(1)) is not None


def take_to_fan_out(limit: int) -> list[Message]:
    """The next such messages, in order, marked in the caller's transaction.

    What another worker is taking at this moment is left to it.
    """
    ours = (
        select(Message.position)
        .where(NOT_FANNED_OUT)
        .order_by(Message.position)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    positions = db.session.scalars(ours).all()
    taken = db.session.scalars(
        update(Message)
        .where(Message.position.in_(positions), NOT_FANNED_OUT)
        .values(fanned_out_at=clock.now())
        .returning(Message)
        .execution_options(synchronize_session=False)
    )
    return sorted(taken, key=lambda message: message.position)
