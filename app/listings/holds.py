"""While a buyer pays for tickets, their seller cannot change the deal."""

from flask_babel import gettext as _

from app import clock
from app.errors import Conflict
from app.listings.models import Listing
from app.web.filters import deadline


class TicketsHeld(Conflict):
    """Somebody is paying for a ticket of this listing right now."""


def why_held(listing: Listing) -> str | None:
    """Why the deal cannot be changed now and until when, in the venue's zone. None if it can."""
    deadlines = [ticket.held_until for ticket in listing.tickets if ticket.held_until]
    if not deadlines:
        return None
    if min(deadlines) <= clock.now():
        return _(
            "A buyer has reserved tickets of this offer and its payment is being checked. "
            "Try again in a few minutes."
        )
    return _(
        "A buyer has reserved tickets of this offer until %(time)s. You can change it after that.",
        time=deadline(max(deadlines), listing.event.venue.zone),
    )


def refuse_while_held(listing: Listing) -> None:
    """TicketsHeld if somebody is paying for a ticket of it."""
    if reason := why_held(listing):
        raise TicketsHeld(reason)
