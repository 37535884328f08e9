"""Changing an offer: its terms while nobody pays for them, its description at any time.

Under the listing's lock, as reserving is. What may add a seat also under the seller's, as
publishing is.
"""

from typing import Any

from flask_babel import gettext as _

from app.db import db
from app.errors import Conflict, Invalid
from app.listings.domain_events import ListingUpdated
from app.listings.double_offers import refuse_seats_offered_already
from app.listings.holds import refuse_while_held
from app.listings.inventory import MOST_TICKETS_A_LISTING
from app.listings.models import Listing, ListingStatus, Ticket, TicketStatus
from app.listings.offering import checked, facts_of, lock_own, locked, refuse_unless_ahead
from app.listings.seats import place_key
from app.listings.terms import DEAL, DESCRIPTION, Terms
from app.outbox.recording import record


def edit(listing_id: int, seller_id: int, version: int, stock: str, **terms: Any) -> Listing:
    """Change the offer that the seller saw as `version` with this `stock`.

    `terms` are the fields of Terms. NotFound unless it is the seller's. Conflict while
    somebody pays for one of its tickets, or if it changed or sold meanwhile: the terms
    say which tickets there shall be, and would offer the sold ones once more.
    """
    listing = lock_own(listing_id, seller_id)
    wanted = checked(**terms)
    refuse_while_held(listing)
    _refuse_unless_editable(listing, version)
    if stock_of(listing) != stock:
        raise Conflict(_("Tickets of this offer were sold meanwhile. Check it and save again."))
    refuse_seats_offered_already(listing, wanted)
    _arrange_tickets(listing, wanted)
    _change(listing, wanted.columns)
    return listing


def describe(
    listing_id: int,
    seller_id: int,
    version: int,
    *,
    handover_method: str,
    notes: str | None,
    handover_notes: str | None,
) -> Listing:
    """Change what is said about the offer and its handover, also while a ticket is held.

    Refuses as `edit` does otherwise.
    """
    listing = locked(listing_id, seller_id)
    wanted = Terms(
        price_cents=listing.price_cents,
        handover_method=handover_method,
        notes=notes,
        handover_notes=handover_notes,
    )
    _refuse_unless_editable(listing, version)
    _change(listing, wanted.description)
    return listing


def terms_of(listing: Listing) -> dict[str, Any]:
    """The terms as they are now, as `edit` takes them."""
    seats = [ticket.seat for ticket in listing.available]
    return {
        **{name: getattr(listing, name) for name in (*DEAL, *DESCRIPTION)},
        "seats": [seat for seat in seats if seat] or None,
        "quantity": len(seats),
    }


def stock_of(listing: Listing) -> str:
    """Names the tickets on sale: what a form carries, so that `edit` knows what its seller saw."""
    return ",".join(str(ticket.id) for ticket in listing.available)


def _refuse_unless_editable(listing: Listing, version: int) -> None:
    if listing.version != version:
        raise Conflict(_("This offer has changed meanwhile. Check it and save again."))
    if listing.status != ListingStatus.ACTIVE:
        raise Conflict(_("You have withdrawn this offer. Publish a new one instead."))
    refuse_unless_ahead(listing.event)


def _arrange_tickets(listing: Listing, wanted: Terms) -> None:
    """Make what is on sale be what is wanted: seats that stay, are renamed, come and go."""
    taken = {place_key(t.seat) for t in listing.tickets if t.status == TicketStatus.SOLD}
    if twice := [seat for seat in wanted.seats or () if place_key(seat) in taken]:
        raise Invalid(_("Seat %(seat)s is already sold.", seat=twice[0]), field="seats")
    sold = sum(ticket.status == TicketStatus.SOLD for ticket in listing.tickets)
    if not wanted.count:
        raise Invalid(_("An offer has at least one ticket. Withdraw it instead."), field="quantity")
    if sold + wanted.count > MOST_TICKETS_A_LISTING:
        raise Invalid(
            _(
                "An offer has at most %(most)s tickets, sold ones included.",
                most=MOST_TICKETS_A_LISTING,
            ),
            field="quantity",
        )

    spare = listing.available
    missing: list[str | None] = []
    for seat in wanted.names:
        same = next((ticket for ticket in spare if ticket.seat == seat), None)
        if same:
            spare.remove(same)
        else:
            missing.append(seat)
    for ticket in spare[len(missing) :]:
        # Not deleted: an order that ran out may have had it. Nameless, so that the name is free.
        ticket.status, ticket.seat = TicketStatus.VOID, None
    db.session.flush()
    for ticket, seat in zip(spare, missing, strict=False):
        ticket.seat = seat
    listing.tickets += [Ticket(seat=seat) for seat in missing[len(spare) :]]


def _change(listing: Listing, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(listing, name, value)
    listing.version += 1
    db.session.flush()
    record(ListingUpdated(**facts_of(listing)))
