"""What tickets a listing has, as pieces of SQL for statements about many listings."""

from sqlalchemy import ColumnElement, exists, func, select

from app.listings.models import Listing, Ticket, TicketStatus

# How many tickets of the listing nobody has taken.
AVAILABLE = (
    select(func.count())
    .where(Ticket.listing_id == Listing.id, Ticket.status == TicketStatus.AVAILABLE)
    .correlate(Listing)
    .scalar_subquery()
)


def has(status: TicketStatus) -> ColumnElement[bool]:
    """Whether the listing has a ticket of this status."""
    return exists().where(Ticket.listing_id == Listing.id, Ticket.status == status)
