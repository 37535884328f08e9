"""What programs send and get about listings."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from app.accounts.models import SellerKind
from app.api import Input, Output
from app.api.schemas import (
    NUMBER,
    Cents,
    CentsInQuery,
    Currency,
    Id,
    IdInQuery,
    Items,
    ListQuery,
    Text,
    Time,
    choice_of,
    unsent,
)
from app.catalog.api import EVENT_EXAMPLE, VENUE_EXAMPLE, NewEvent, VenueDetails, Words
from app.catalog.models import EventStatus
from app.listings.inventory import MOST_TICKETS_A_LISTING, MOST_TICKETS_AN_ORDER
from app.listings.models import HandoverMethod, ListingStatus, SplitRule

Details = TypeVar("Details", bound="ListingDetails")

Split = Annotated[SplitRule, choice_of(SplitRule)]
Method = Annotated[HandoverMethod, choice_of(HandoverMethod)]
Price = Annotated[Cents, Field(description="What the seller gets for one ticket.")]
FaceValue = Annotated[Cents, Field(description="What is printed on the ticket.")]
Place = Annotated[Text, Field(max_length=1000, description="At most 40 characters.")]
Notes = Annotated[Text, Field(max_length=5000, description="At most 500 characters.")]
Quantity = Annotated[int, Field(ge=1, le=MOST_TICKETS_A_LISTING)]
Seats = Annotated[
    Sequence[Annotated[Text, Field(max_length=100)]],
    Field(
        min_length=1,
        max_length=MOST_TICKETS_A_LISTING,
        description="Their names, one by one or as ranges such as `4-7`.",
    ),
]

SPLIT_RULES = (
    "How many one buyer may take. `any`: any number. `together`: all that is left. `pairs`: an "
    "even number, or all that is left. `no_single_left`: any number that leaves no single ticket."
)
HANDOVER_METHODS = (
    "How the tickets get to the buyer. `transfer`: in the app they were bought in. `pdf`: by email."
)
TERMS_EXAMPLE: dict[str, Any] = {
    "section": "G",
    "row": "12",
    "price_cents": 4500,
    "face_value_cents": 5200,
    "split_rule": "any",
    "notes": "Aisle seats.",
    "handover_method": "transfer",
}
LISTING_EXAMPLE: dict[str, Any] = TERMS_EXAMPLE | {
    "id": 34,
    "event": {
        "id": 12,
        "slug": "blur-leipzig-2027-03-21",
        "title": "Blur",
        "starts_at": "2027-03-21T19:30:00Z",
        "time_announced": True,
        "status": "scheduled",
        "venue": VENUE_EXAMPLE | {"id": 7},
    },
    "seller": {"display_name": "Selma", "sells_as": "private"},
    "fee_cents": 225,
    "total_cents": 4725,
    "currency": "EUR",
    "quantity": 3,
    "available": 2,
    "quantities": [1, 2],
    "seats": ["4", "5"],
    "version": 1,
    "status": "active",
    "created_at": "2026-11-28T09:15:00Z",
}


class ListingsQuery(ListQuery):
    event_id: IdInQuery | SkipJsonSchema[None] = None
    q: Words = Field(
        "", description="Each word must begin a word of the event's title, its venue or its city."
    )
    min_price_cents: CentsInQuery | SkipJsonSchema[None] = Field(
        None, description="Compared with `total_cents`: what a buyer pays for one ticket, all in."
    )
    max_price_cents: CentsInQuery | SkipJsonSchema[None] = Field(
        None, description="Compared with `total_cents`: what a buyer pays for one ticket, all in."
    )
    quantity: (
        Annotated[int, Field(ge=1, le=MOST_TICKETS_AN_ORDER), NUMBER] | SkipJsonSchema[None]
    ) = Field(None, description="Only those of which one buyer may take so many.")
    section: Words = Field("", description="The whole name, as it is written on the listing.")
    sort: Literal["cheapest", "newest"] = "cheapest"


class NewListing(Input):
    """Tickets for exactly one of `event_id` and `event`, with `seats` or a `quantity`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                TERMS_EXAMPLE | {"event_id": 12, "seats": ["4", "5"], "sells_privately": True},
                TERMS_EXAMPLE | {"event": EVENT_EXAMPLE | {"venue": VENUE_EXAMPLE}, "quantity": 2},
            ],
            "oneOf": [{"required": ["event_id"]}, {"required": ["event"]}],
            "anyOf": [{"required": ["seats"]}, {"required": ["quantity"]}],
        }
    )

    event_id: Id = unsent()
    event: NewEvent = unsent()
    seats: Seats = unsent()
    quantity: Quantity = unsent()
    price_cents: Price
    face_value_cents: FaceValue | None = None
    split_rule: Split = Field(SplitRule.ANY, description=SPLIT_RULES)
    section: Place | None = None
    row: Place | None = None
    notes: Notes | None = Field(None, description="For everybody. At most 500 characters.")
    handover_method: Method = Field(HandoverMethod.TRANSFER, description=HANDOVER_METHODS)
    handover_notes: Notes | None = Field(
        None, description="For who has paid. At most 500 characters."
    )
    sells_privately: bool = Field(
        False,
        description="Needed once, from a seller who has never said how they sell. A trade says it "
        "on the page /account/seller, and then this changes nothing.",
    )

    @model_validator(mode="after")
    def _is_for_one_event(self) -> Self:
        if len({"event_id", "event"} & self.model_fields_set) != 1:
            raise ValueError("Send either event_id or event.")
        return self


class ListingChanges(Input):
    """What is not sent stays. Null empties what may be empty."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"price_cents": 4200, "notes": None}]}
    )

    price_cents: Price = unsent()
    face_value_cents: FaceValue | None = unsent()
    seats: Seats | None = unsent(
        "Those still to be sold: their names, one by one or as ranges such as `4-7`. With null the "
        "tickets have no names any more."
    )
    quantity: Quantity = unsent("How many are still to be sold.")
    split_rule: Split = unsent()
    section: Place | None = unsent()
    row: Place | None = unsent()
    notes: Notes | None = unsent()
    handover_method: Method = unsent()
    handover_notes: Notes | None = unsent()


class ListedEvent(Output):
    """What the tickets are for, in short."""

    model_config = ConfigDict(json_schema_extra={"examples": [LISTING_EXAMPLE["event"]]})

    id: Id
    slug: str = Field(description="Its page is /events/{slug}.")
    title: str
    starts_at: Time
    time_announced: bool = Field(description="False while only the day is known.")
    status: Annotated[EventStatus, choice_of(EventStatus)]
    venue: VenueDetails


class Seller(Output):
    """Who sells, as everybody may know them."""

    model_config = ConfigDict(json_schema_extra={"examples": [LISTING_EXAMPLE["seller"]]})

    display_name: str
    sells_as: Annotated[SellerKind, choice_of(SellerKind)] | None = Field(
        description="What the seller says about it."
    )


class ListingDetails(Output):
    """Tickets on sale, the same for whoever asks. Prices are for one ticket."""

    model_config = ConfigDict(json_schema_extra={"examples": [LISTING_EXAMPLE]})

    id: Id
    event: ListedEvent
    seller: Seller
    section: str | None
    row: str | None
    price_cents: Cents = Field(description="What the seller gets.")
    fee_cents: Cents = Field(description="What the buyer pays beside it.")
    total_cents: Cents = Field(description="What the buyer pays, all in.")
    face_value_cents: Cents | None = Field(description="What is printed on the ticket.")
    currency: Currency
    quantity: int = Field(description="How many tickets there are, taken ones included.")
    available: int = Field(description="How many of them can be bought now.")
    quantities: Sequence[int] = Field(
        description="How many of them one buyer may take, by the split rule."
    )
    seats: Sequence[str] = Field(
        description="Those of the available tickets. Empty where seats have no names."
    )
    split_rule: Split
    notes: str | None
    handover_method: Method
    status: Annotated[ListingStatus, choice_of(ListingStatus)] = Field(
        description="`withdrawn` is no longer on sale; sold out is what has none `available`."
    )
    version: int = Field(description="Counts the changes of the seller.")
    created_at: Time


class OwnListing(ListingDetails):
    """A listing with what only its seller and those who have paid may read."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [LISTING_EXAMPLE | {"handover_notes": "I call you."}]}
    )

    handover_notes: str | None


class ListingList(Items[ListingDetails]):
    """Listings in the order that was asked for."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [LISTING_EXAMPLE], "next_cursor": None}]}
    )


class OwnListingList(Items[OwnListing]):
    """One's own listings, the newest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [LISTING_EXAMPLE | {"handover_notes": "I call you."}],
                    "next_cursor": None,
                }
            ]
        }
    )
