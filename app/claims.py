"""Work that waits in rows: found when it is due, claimed by one worker, put off when it fails.

`next_try_at` says when a row is to be looked at. Claiming it moves that moment forward by a
conditional UPDATE: of two workers one gets the row, no lock is held while it works, and what
a worker that died had claimed falls due again by itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import changed, db

FIRST_WAIT = timedelta(seconds=2)


class Claimable:
    """What a model needs for its rows to be claimed. `tries` counts the claims."""

    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(default=lambda: clock.now())


def due_ids(model: Any, *conditions: ColumnElement[bool], limit: int) -> Sequence[Any]:
    """The ids of rows whose time has come, those that wait longest first. Leaves no transaction."""
    ids = db.session.scalars(
        select(model.id)
        .where(*conditions, model.next_try_at <= clock.now())
        .order_by(model.next_try_at, model.id)
        .limit(limit)
    ).all()
    db.session.rollback()
    return ids


def claim(model: Any, id: object, *conditions: ColumnElement[bool], lease: timedelta) -> bool:
    """Whether the row is ours for the length of the lease: it is due and fits the conditions.

    Inside the caller's transaction, which commits before the work begins.
    """
    return bool(
        changed(
            update(model)
            .where(model.id == id, *conditions, model.next_try_at <= clock.now())
            .values(next_try_at=clock.now() + lease, tries=model.tries + 1)
            .execution_options(synchronize_session=False)
        )
    )


def put_off(
    model: Any,
    id: object,
    *conditions: ColumnElement[bool],
    longest: timedelta,
    first: timedelta = FIRST_WAIT,
) -> None:
    """Try the row again after a wait that doubles with each try, from `first` up to `longest`.

    Inside the caller's transaction. A row that no longer fits the conditions is left alone.
    """
    tries = db.session.scalar(select(model.tries).where(model.id == id)) or 0
    wait = min(first * 2 ** min(max(tries - 1, 0), 20), longest)
    db.session.execute(
        update(model)
        .where(model.id == id, *conditions)
        .values(next_try_at=clock.now() + wait)
        .execution_options(synchronize_session=False)
    )
