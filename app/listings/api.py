"""Listings for programs: finding tickets, and putting one's own on sale."""

from collections.abc import Sequence
from typing import Any

from flask import abort, url_for
from flask_babel import gettext as _

from app.accounts import seller_statements
from app.accounts.access import anyone_or_bearer, bearer, caller
from app.api import Answer, api_blueprint, operation, versions
from app.api.schemas import ListQuery
from app.catalog import api as catalog
from app.catalog.models import Event
from app.db import db, transaction
from app.errors import Invalid
from app.listings import editing, finding, holds, offering
from app.listings.api_models import (
    Details,
    ListingChanges,
    ListingDetails,
    ListingList,
    ListingsQuery,
    NewListing,
    OwnListing,
    OwnListingList,
)
from app.listings.models import ListingStatus
from app.listings.seats import parse_seats
from app.listings.terms import DESCRIPTION

bp = api_blueprint("listings", __name__)


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
