"""What can happen to an event. Past tense, ids and plain facts, never renamed."""

from dataclasses import dataclass
from datetime import datetime

from app.outbox.recording import DomainEvent


@dataclass(frozen=True, kw_only=True)
class EventFacts(DomainEvent):
    """The event as it is after the change."""

    event_id: int
    slug: str
    title: str
    category: str
    status: str
    starts_at: datetime
    time_announced: bool
    venue: str
    city: str
    country: str
    timezone: str

    @property
    def subject(self) -> str:
        return f"events/{self.event_id}"


@dataclass(frozen=True, kw_only=True)
class EventCreated(EventFacts):
    type = "event.created"


@dataclass(frozen=True, kw_only=True)
class EventChanged(EventFacts):
    type = "event.changed"
