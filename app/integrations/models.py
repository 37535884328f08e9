from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class EventStream(Model):
    """How far we are with the Redis Stream of this name.

    `last_entry` is Redis's id of what we appended last. `batch` counts every change of this
    row, so that of two workers who want to note something one comes too late.
    """

    __tablename__ = "event_streams"

    name: Mapped[str] = mapped_column(primary_key=True)
    last_entry: Mapped[str | None]
    batch: Mapped[int] = mapped_column(default=0)
