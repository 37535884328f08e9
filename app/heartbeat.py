"""When something that runs again and again last finished. A row, so that every process sees it."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Model, changed, db, transaction


class Heartbeat(Model):
    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def beat(name: str, at: datetime | None = None) -> None:
    """Note that `name` has finished, now or at `at`. Two at once are as good as one."""
    at = at or clock.now()
    try:
        with transaction():
            known = changed(update(Heartbeat).where(Heartbeat.name == name).values(at=at))
            if not known:
                db.session.add(Heartbeat(name=name, at=at))
    except IntegrityError:
        pass  # another worker wrote the first row at the same moment


def last(name: str) -> datetime | None:
    """When it last finished, if ever."""
    return db.session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))
