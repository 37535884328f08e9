"""The catalog for programs: events, entering them, and venues."""

from typing import Annotated, Any, Literal, Self

from flask import abort, url_for
from flask_babel import gettext as _
from pydantic import ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from app.accounts.access import anyone_or_bearer, bearer
from app.api import Answer, Input, Output, api_blueprint, operation
from app.api.lists import cursor_of, position_of
from app.api.schemas import DayInQuery, Id, Items, ListQuery, Text, Time, choice_of, unsent
from app.catalog import scheduling, venues
from app.catalog.models import Category, Event, EventStatus, Venue
from app.catalog.search import EventQuery, find_events
from app.db import db, transaction
from app.errors import Invalid

bp = api_blueprint("catalog", __name__)

VENUE_EXAMPLE: dict[str, Any] = {
    "name": "Lichthof",
    "city": "Leipzig",
    "country": "DE",
    "timezone": "Europe/Berlin",
}
EVENT_EXAMPLE: dict[str, Any] = {
    "title": "Blur",
    "category": "concert",
    "starts_at": "2027-03-21T19:30:00Z",
    "time_announced": True,
}

WHOLE_EVENT_EXAMPLE: dict[str, Any] = EVENT_EXAMPLE | {
    "id": 12,
    "slug": "blur-leipzig-2027-03-21",
    "doors_at": "2027-03-21T18:30:00Z",
    "status": "scheduled",
    "venue": VENUE_EXAMPLE | {"id": 7},
    "created_at": "2026-11-28T09:15:00Z",
}

Kind = Annotated[Category, choice_of(Category)]
Words = Annotated[Text, Field(max_length=100)]
Title = Annotated[Text, Field(max_length=1000, description="2 to 120 characters.")]
Place = Annotated[Text, Field(max_length=1000)]


class EventsQuery(ListQuery):
    q: Words = Field(
        "", description="Each word must begin a word of the title, the venue or the city."
    )
    city: Words = Field("", description="The whole name, in any spelling.")
    category: Kind | SkipJsonSchema[None] = None
    date_from: DayInQuery | SkipJsonSchema[None] = Field(
        None, alias="from", description="The first day, as the calendar at the venue has it."
    )
    date_to: DayInQuery | SkipJsonSchema[None] = Field(
        None, alias="to", description="The last day, as the calendar at the venue has it."
    )
    sort: Literal["soonest", "latest", "newest"] = Field(
        "soonest", description="`newest` is by when they were entered here."
    )


class VenuesQuery(ListQuery):
    q: Words = Field("", description="Each word must begin a word of the name or the city.")
    city: Words = Field("", description="The whole name, in any spelling.")


class NewVenue(Input):
    """Where it happens. A venue of that name in that city is found again, in any spelling."""

    model_config = ConfigDict(json_schema_extra={"examples": [VENUE_EXAMPLE]})

    name: Place = Field(description="At most 120 characters.")
    city: Place = Field(description="At most 80 characters.")
    country: Annotated[Text, Field(max_length=10)] = Field(description="ISO 3166-1, such as `DE`.")
    timezone: Annotated[Text, Field(max_length=100)] | None = Field(
        None, description="IANA, such as `Europe/Berlin`. May be left out if the country has one."
    )


class NewEvent(Input):
    """An event that is not here yet, with exactly one of `venue_id` and `venue`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [EVENT_EXAMPLE | {"venue": VENUE_EXAMPLE}, EVENT_EXAMPLE | {"venue_id": 7}],
            "oneOf": [{"required": ["venue_id"]}, {"required": ["venue"]}],
        }
    )

    title: Title
    category: Kind
    starts_at: Time
    time_announced: bool = Field(
        True, description="While it is false only the day of `starts_at` counts, at the venue."
    )
    venue_id: Id = unsent()
    venue: NewVenue = unsent()
    is_another: bool = Field(
        False, description="It is none of those that were named as its likely duplicates."
    )

    @model_validator(mode="after")
    def _has_one_venue(self) -> Self:
        if len({"venue_id", "venue"} & self.model_fields_set) != 1:
            raise ValueError("Send either venue_id or venue.")
        return self


class VenueDetails(Output):
    """A place that has events, on whose clock they begin."""

    model_config = ConfigDict(json_schema_extra={"examples": [VENUE_EXAMPLE | {"id": 7}]})

    id: Id
    name: str
    city: str
    country: str = Field(description="ISO 3166-1 alpha-2.")
    timezone: str = Field(description="IANA.")


class EventDetails(Output):
    """What people visit. Times are UTC; the venue says what its clock shows."""

    model_config = ConfigDict(json_schema_extra={"examples": [WHOLE_EVENT_EXAMPLE]})

    id: Id
    slug: str = Field(description="Its page is /events/{slug}.")
    title: str
    category: Kind
    starts_at: Time
    time_announced: bool = Field(description="False while only the day is known.")
    doors_at: Time | None
    status: Annotated[EventStatus, choice_of(EventStatus)]
    venue: VenueDetails
    created_at: Time


class EventList(Items[EventDetails]):
    """Events in the order that was asked for."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [WHOLE_EVENT_EXAMPLE], "next_cursor": None}]}
    )


class VenueList(Items[VenueDetails]):
    """Venues in the order in which they were entered."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"items": [VENUE_EXAMPLE | {"id": 7}], "next_cursor": "dmVudWVzIDc"}]
        }
    )


@bp.get("/events")
@anyone_or_bearer
@operation(query=EventsQuery, answers={200: EventList}, problems=(401,))
def list_events(query: EventsQuery) -> EventList:
    """Find events that lie ahead.

    Cancelled ones are left out.
    """
    wanted = EventQuery(**query.model_dump(exclude={"limit", "cursor"}))
    page = find_events(wanted, after=query.cursor, limit=query.limit)
    return EventList(
        items=[EventDetails.model_validate(event) for event in page.items],
        next_cursor=page.next_cursor,
    )


@bp.get("/events/<id:event_id>")
@anyone_or_bearer
@operation(answers={200: EventDetails}, problems=(401,))
def show_event(event_id: int) -> EventDetails:
    """Read an event.

    Those that are over or cancelled are still there.
    """
    return EventDetails.model_validate(db.session.get(Event, event_id) or abort(404))


@bp.post("/events")
@bearer
@operation(
    body=NewEvent,
    answers={201: EventDetails},
    problems=(409,),
    places={name: f"/venue/{name}" for name in ("city", "country", "timezone")}
    | {"venue": "/venue/name"},
    gives_etag=True,
    gives_location=True,
)
def create_event(body: NewEvent) -> Answer:
    """Enter an event.

    If it may be here already, the answer is a 409 `likely-duplicates` that names `event_ids`, the
    likest first. Send it again with `is_another` if it is none of them.
    """
    with transaction():
        event = EventDetails.model_validate(enter(body))
    return Answer(event, headers={"Location": url_for(".show_event", event_id=event.id)})


@bp.get("/venues")
@anyone_or_bearer
@operation(query=VenuesQuery, answers={200: VenueList}, problems=(401,))
def list_venues(query: VenuesQuery) -> VenueList:
    """Find venues, to enter an event at one of them.

    They come in the order in which they were entered.
    """
    [after] = position_of(query.cursor, "venues", 1) if query.cursor else [0]
    found = venues.list_venues(query.q, query.city, after, query.limit + 1)
    shown = found[: query.limit]
    return VenueList(
        items=[VenueDetails.model_validate(venue) for venue in shown],
        next_cursor=cursor_of("venues", shown[-1].id) if len(found) > len(shown) else None,
    )


def enter(new: NewEvent) -> Event:
    """The event that somebody describes, in the caller's transaction.

    Invalid, naming the field as the catalog does, or LikelyDuplicates.
    """
    facts: dict[str, Any] = dict(new)
    del facts["venue_id"], facts["venue"]
    return scheduling.schedule_if_new(venue=_venue_of(new), **facts)


def _venue_of(new: NewEvent) -> Venue:
    if new.venue:
        return scheduling.find_or_add_venue(**new.venue.model_dump())
    venue = db.session.get(Venue, new.venue_id)
    if venue is None:
        raise Invalid(_("There is no such venue."), "venue_id")
    return venue
