"""What tickets a listing has, as pieces of SQL for statements about many listings."""

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.listings.models import Listing, SplitRule, Ticket, TicketStatus

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


def sells(quantity: int) -> ColumnElement[bool]:
    """Whether one buyer may take so many: `allowed_quantities`, said in SQL."""
    left, rule = AVAILABLE, Listing.split_rule
    allowed = [
        rule == SplitRule.ANY,
        and_(rule == SplitRule.NO_SINGLE_LEFT, left - quantity != 1),
        left == quantity,
    ]
    if quantity % 2 == 0:
        allowed.append(rule == SplitRule.PAIRS)
    return and_(left >= quantity, or_(*allowed))
