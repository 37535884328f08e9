"""What can happen to an event. Past tense, ids and plain facts, never renamed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from app.outbox.recording import DomainEvent


@dataclass(frozen=True, kw_only=True)
class EventFacts(DomainEvent):
    """The event as it is after the change."""

    event_id: Annotated[int, "number of the event"]
    slug: Annotated[str, "its address is `/events/` and this"]
    title: Annotated[str, "what it is called"]
    category: Annotated[str, "concert, sport, theatre, comedy, festival, family or other"]
    status: Annotated[str, "scheduled, postponed or cancelled"]
    starts_at: Annotated[datetime, "when it begins"]
    time_announced: Annotated[bool, "if false, only the day of `starts_at` is known"]
    venue: Annotated[str, "name of the place"]
    city: Annotated[str, "where it is"]
    country: Annotated[str, "ISO 3166, such as DE"]
    timezone: Annotated[str, "of the venue, such as Europe/Berlin"]

    @property
    def subject(self) -> str:
        return f"events/{self.event_id}"


@dataclass(frozen=True, kw_only=True)
class EventCreated(EventFacts):
    """An event was entered. Tickets can be offered for it."""

    type = "event.created"


@dataclass(frozen=True, kw_only=True)
class EventChanged(EventFacts):
    """Something about an event is different, or it was cancelled: see `status`."""

    type = "event.changed"
