"""A stream of doors that open and shut, which says quickly what is in it."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from app.db import transaction
from app.outbox.recording import DomainEvent, record


@dataclass(frozen=True, kw_only=True)
class DoorOpened(DomainEvent):
    type = "door.opened"
    door: int
    time: int = 0

    @property
    def subject(self) -> str:
        return f"doors/{self.door}"


@pytest.fixture
def open_doors(app) -> Callable[..., None]:
    """Each in a transaction of its own: `open_doors(1, 2, 1)`."""

    def say(*doors: int) -> None:
        for time, door in enumerate(doors):
            with transaction():
                record(DoorOpened(door=door, time=time))

    return say
