"""What can happen to a listing. Past tense, ids and plain facts, never renamed."""

from dataclasses import dataclass
from typing import Annotated

from app.outbox.recording import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ListingEvent(DomainEvent):
    """The listing as it is after the change."""

    listing_id: Annotated[int, "number of the listing"]
    event_id: Annotated[int, "number of the event that the tickets are for"]
    price_cents: Annotated[int, "what the seller asks for one ticket; the buyer's fee is on top"]
    currency: Annotated[str, "ISO 4217, such as EUR"]
    quantity: Annotated[int, "tickets that nobody has taken"]
    listing_version: Annotated[int, "counts the seller's changes"]

    @property
    def subject(self) -> str:
        return f"listings/{self.listing_id}"


@dataclass(frozen=True, kw_only=True)
class ListingPublished(ListingEvent):
    """Tickets are on sale."""

    type = "listing.published"


@dataclass(frozen=True, kw_only=True)
class ListingUpdated(ListingEvent):
    """The seller changed the offer, or put it on sale again."""

    type = "listing.updated"


@dataclass(frozen=True, kw_only=True)
class ListingWithdrawn(ListingEvent):
    """What is left is no longer on sale. What was sold stays sold."""

    type = "listing.withdrawn"
