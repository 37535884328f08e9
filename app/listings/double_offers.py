"""One seat is offered once: its seller cannot put it on sale in a second listing."""

from flask_babel import ngettext
from sqlalchemy import select

from app.db import db
from app.errors import Conflict
from app.listings.models import Listing, ListingStatus, Ticket, TicketStatus
from app.listings.seats import place_key, seats_text
from app.listings.terms import Terms


class SeatsOfferedAlready(Conflict):
    """The seller has another offer with such a seat, or sold it."""

    field = "seats"


def refuse_seats_offered_already(listing: Listing, wanted: Terms) -> None:
    """SeatsOfferedAlready if what is new to the listing is on sale, held or sold in another."""
    if not (wanted.section or wanted.row):
        return  # there may be a seat 4 in every block
    seats = {place_key(wanted.section, wanted.row, seat): seat for seat in wanted.seats or ()}
    for ticket in listing.available:
        seats.pop(place_key(listing.section, listing.row, ticket.seat), None)
    if not seats:
        return
    offers = (
        select(Listing.section, Listing.row, Ticket.seat, Ticket.status, Listing.status)
        .join(Listing.tickets)
        .where(
            Listing.event_id == listing.event_id,
            Listing.seller_id == listing.seller_id,
            Listing.id != listing.id,
            Ticket.seat.is_not(None),
            Ticket.status != TicketStatus.VOID,
        )
    )
    offered = {
        place_key(section, row, seat)
        for section, row, seat, status, of_listing in db.session.execute(offers)
        if status != TicketStatus.AVAILABLE or of_listing == ListingStatus.ACTIVE
    }
    if twice := [seat for here, seat in seats.items() if here in offered]:
        raise SeatsOfferedAlready(
            ngettext(
                "You have offered seat %(seats)s for this event already. "
                "Change that offer, or name others.",
                "You have offered seats %(seats)s for this event already. "
                "Change that offer, or name others.",
                len(twice),
                seats=seats_text(twice),
            )
        )
