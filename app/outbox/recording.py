"""Recording what happened, in the transaction that made it so."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, ClassVar

from app import clock, jobs
from app.db import after_commit, db
from app.outbox import delivery
from app.outbox.models import Delivery, Message


class DomainEvent:
    """Base of every domain event; subclasses are frozen dataclasses of ids and plain facts.

    Each is declared once, in its feature's `domain_events.py`: docstring and
    `Annotated[int, "what the field means"]` go into docs/domain-events.md. A field that comes
    later leaves the version as it is; one that changes or goes makes it a new version.
    """

    type: ClassVar[str]
    version: ClassVar[int] = 1

    @property
    def subject(self) -> str:
        """What it is about, such as `orders/7`. Told in order per subject."""
        raise NotImplementedError


def record(event: DomainEvent) -> None:
    """Store the event, and one delivery per reaction to it. They are told after the commit."""
    message = Message(
        type=event.type,
        version=event.version,
        subject=event.subject,
        data={name: _plain(value) for name, value in asdict(event).items()},  # type: ignore[call-overload]
        happened_at=clock.now(),
    )
    db.session.add(message)
    reactions = delivery.reactions_to(event.type)
    if not reactions:
        return
    for reaction in reactions:
        db.session.add(
            Delivery(
                message=message,
                reaction=delivery.name_of(reaction),
                subject=event.subject,
            )
        )
    after_commit(_wake_up, event.subject)


def _wake_up(subject: str) -> None:
    jobs.enqueue(delivery.deliver_subject, subject)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
