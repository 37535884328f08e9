"""Listings for programs: finding tickets, and putting one's own on sale."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self, TypeVar

from flask import abort, url_for
from flask_babel import gettext as _
from pydantic import ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from app.accounts import seller_statements
from app.accounts.access import anyone_or_bearer, bearer, caller
from app.accounts.models import SellerKind
from app.api import Answer, Input, Output, api_blueprint, operation, versions
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
from app.catalog import api as catalog
from app.catalog.api import EVENT_EXAMPLE, VENUE_EXAMPLE, NewEvent, VenueDetails, Words
from app.catalog.models import Event, EventStatus
from app.db import db, transaction
from app.errors import Invalid
from app.listings import editing, finding, holds, offering
from app.listings.inventory import MOST_TICKETS_A_LISTING, MOST_TICKETS_AN_ORDER
from app.listings.models import HandoverMethod, ListingStatus, SplitRule
from app.listings.seats import parse_seats
from app.listings.terms import DESCRIPTION

bp = api_blueprint("listings", __name__)

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


@bp.get("/listings")
@anyone_or_bearer
@operation(query=ListingsQuery, answers={200: ListingList}, problems=(401,))
def list_listings(query: ListingsQuery) -> ListingList:
    """Find tickets that can be bought now.

    A page may have fewer than `limit`, even none, and yet be followed by others: go on until
    `next_cursor` is null.
    """
    wanted = finding.ListingQuery(
        event_id=query.event_id,
        q=query.q,
        min_price_cents=query.min_price_cents,
        max_price_cents=query.max_price_cents,
        quantity=query.quantity,
        section=query.section,
        sort=query.sort,
    )
    page = finding.on_sale(wanted, query.cursor, query.limit)
    return ListingList(
        items=[_details(ListingDetails, found) for found in page.items],
        next_cursor=page.next_cursor,
    )


@bp.get("/listings/<id:listing_id>")
@anyone_or_bearer
@operation(answers={200: ListingDetails}, problems=(401,))
def show_listing(listing_id: int) -> ListingDetails:
    """Read a listing.

    One that is sold out, withdrawn or over is still there. Its ETag is what `If-Match` takes.
    """
    return _read(listing_id) or abort(404)


@bp.post("/listings")
@bearer
@operation(
    body=NewListing,
    answers={201: ListingDetails},
    problems=(409,),
    places={
        **{name: f"/event/{name}" for name in ("title", "category", "starts_at", "venue_id")},
        **{name: f"/event/venue/{name}" for name in ("city", "country", "timezone")},
        "venue": "/event/venue/name",
        "price": "/price_cents",
        "face_value": "/face_value_cents",
    },
    gives_etag=True,
    gives_location=True,
)
def create_listing(body: NewListing) -> Answer:
    """Put tickets on sale.

    For an event that is here, or with a new one as in `POST /events`: then neither is made without
    the other. If the event may be here already, the answer is a 409 `likely-duplicates`. A seat
    that the seller has offered before is a 409 `seats-offered-already`.
    """
    seller_id = caller().id
    with transaction():
        if body.sells_privately and not seller_statements.latest_of(seller_id):
            seller_statements.sell_privately(seller_id)
        listing = offering.publish(
            seller_id=seller_id,
            event_id=_event_id(body),
            price_cents=body.price_cents,
            face_value_cents=body.face_value_cents,
            seats=_named(body.seats),
            quantity=body.quantity,
            section=body.section,
            row=body.row,
            notes=body.notes,
            split_rule=body.split_rule,
            handover_method=body.handover_method,
            handover_notes=body.handover_notes,
        )
        made = _read(listing.id)
        location = url_for(".show_listing", listing_id=listing.id)
    return Answer(made, headers={"Location": location})


@bp.patch("/listings/<id:listing_id>")
@bearer
@operation(
    body=ListingChanges,
    answers={200: ListingDetails},
    problems=(409,),
    places={"price": "/price_cents", "face_value": "/face_value_cents"},
    needs_version=True,
    gives_etag=True,
)
def change_listing(body: ListingChanges, listing_id: int) -> ListingDetails | None:
    """Change one's own listing.

    A reservation or a sale makes its ETag stale, too: then get it again, and decide anew. While a
    buyer pays for one of the tickets the answer is a 409 `tickets-held`, unless all that changes
    is the notes and the handover. Somebody else's listing is a 404.
    """
    seller_id, changes = caller().id, body.model_dump(exclude_unset=True)
    with transaction():
        listing = offering.lock_own(listing_id, seller_id)
        is_description = changes.keys() <= set(DESCRIPTION)
        if not is_description:
            holds.refuse_while_held(listing)
        _refuse_if_stale(listing_id)
        terms = _changed(editing.terms_of(listing), changes)
        if changes and is_description:
            description = {name: terms[name] for name in DESCRIPTION}
            editing.describe(listing_id, seller_id, listing.version, **description)
        elif changes:
            stock = editing.stock_of(listing)
            editing.edit(listing_id, seller_id, listing.version, stock, **terms)
        changed = _read(listing_id)
    return changed


@bp.delete("/listings/<id:listing_id>")
@bearer
@operation(answers={204: None}, problems=(409,), takes_version=True)
def delete_listing(listing_id: int) -> None:
    """Withdraw one's own listing.

    What was sold stays sold. While a buyer pays for one of the tickets the answer is a 409
    `tickets-held`. What is withdrawn already is withdrawn, whatever the ETag.
    """
    seller_id = caller().id
    with transaction():
        listing = offering.lock_own(listing_id, seller_id)
        if listing.status != ListingStatus.WITHDRAWN:
            holds.refuse_while_held(listing)
            _refuse_if_stale(listing_id)
            offering.withdraw(listing_id, seller_id, listing.version)


@bp.get("/users/me/listings")
@bearer
@operation(query=ListQuery, answers={200: OwnListingList})
def list_own_listings(query: ListQuery) -> OwnListingList:
    """List all that one has ever put on sale.

    The newest first, in whatever state.
    """
    page = finding.of_seller(caller().id, query.cursor, query.limit)
    return OwnListingList(
        items=[_details(OwnListing, found) for found in page.items],
        next_cursor=page.next_cursor,
    )


def _event_id(body: NewListing) -> int:
    if body.event:
        return catalog.enter(body.event).id
    if db.session.get(Event, body.event_id) is None:
        raise Invalid(_("There is no such event."), "event_id")
    return body.event_id


def _named(seats: Sequence[str] | None) -> list[str] | None:
    """Each seat by its name. Invalid where it is not clear which are meant."""
    if seats is None:
        return None
    return [seat for text in seats for seat in parse_seats(text)]


def _changed(terms: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The terms as they shall be. New names say how many tickets there are, too."""
    if changes.get("seats"):
        changes = {"quantity": None} | changes | {"seats": _named(changes["seats"])}
    return terms | changes


def _refuse_if_stale(listing_id: int) -> None:
    present = _read(listing_id)
    assert present is not None  # it is locked
    versions.refuse_if_stale(present)


def _read(listing_id: int) -> ListingDetails | None:
    found = finding.one(listing_id)
    return _details(ListingDetails, found) if found else None


def _details(kind: type[Details], found: finding.Found) -> Details:
    facts = found.facts
    return kind.model_validate(
        {
            **facts._mapping,
            "event": facts.Event,
            "seller": {"display_name": facts.seller, "sells_as": facts.sells_as},
            "fee_cents": found.fee_cents,
            "total_cents": facts.price_cents + found.fee_cents,
            "quantity": found.quantity,
            "available": found.available,
            "quantities": found.quantities,
            "seats": found.seats,
        }
    )
