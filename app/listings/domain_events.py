"""What can happen to a listing. Past tense, ids and plain facts, never renamed."""

from dataclasses import dataclass

from app.outbox.recording import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ListingEvent(DomainEvent):
    listing_id: int
    event_id: int
    price_cents: int
    currency: str
    quantity: int  # tickets nobody has taken
    listing_version: int

    @property
    def subject(self) -> str:
        return f"listings/{self.listing_id}"


@dataclass(frozen=True, kw_only=True)
class ListingPublished(ListingEvent):
    type = "listing.published"


@dataclass(frozen=True, kw_only=True)
class ListingUpdated(ListingEvent):
    type = "listing.updated"


@dataclass(frozen=True, kw_only=True)
class ListingWithdrawn(ListingEvent):
    type = "listing.withdrawn"
