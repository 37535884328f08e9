"""Tickets changing hands: held for an order, given back, sold, voided."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from app import clock
from app.db import changed, db
from app.errors import Conflict
from app.listings.models import SplitRule, Ticket, TicketStatus

MOST_TICKETS_AN_ORDER = 8
MOST_TICKETS_A_LISTING = 50


class TicketsUnavailable(Conflict):
    """Somebody was faster."""


def allowed_quantities(split_rule: str, available: int) -> list[int]:
    """How many of `available` tickets one buyer may take, in ascending order. Pure."""
    most = min(available, MOST_TICKETS_AN_ORDER)
    if split_rule == SplitRule.TOGETHER:
        return [available] if 0 < available <= MOST_TICKETS_AN_ORDER else []
    if split_rule == SplitRule.PAIRS:
        return [n for n in range(1, most + 1) if n % 2 == 0 or n == available]
    if split_rule == SplitRule.NO_SINGLE_LEFT:
        return [n for n in range(1, most + 1) if available - n != 1]
    return list(range(1, most + 1))


def available_count(listing_id: int) -> int:
    """How many tickets of the listing nobody holds. Exact only while the listing is locked."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Ticket)
            .where(Ticket.listing_id == listing_id, Ticket.status == TicketStatus.AVAILABLE)
        )
        or 0
    )


def hold(listing_id: int, quantity: int, order_id: int, until: datetime) -> list[int]:
    """Give `quantity` available tickets to the order, or refuse and give none. Their ids.

    The caller has locked the listing, so nobody picks the same rows. The UPDATE
    asks again all the same, and its row count decides: a forgotten lock then
    costs a refusal, never a ticket sold twice. Rows another buyer has locked are
    not skipped: that buyer may yet roll back, and "sold out" would be a lie.
    """
    picked = db.session.scalars(
        select(Ticket.id)
        .where(Ticket.listing_id == listing_id, Ticket.status == TicketStatus.AVAILABLE)
        .order_by(Ticket.id)
        .limit(quantity)
    ).all()
    if len(picked) != quantity or not take(picked, order_id, until):
        raise TicketsUnavailable(_("Someone was faster. Fewer tickets are left."))
    return list(picked)


def take(ticket_ids: Sequence[int], order_id: int, until: datetime) -> bool:
    """Hold exactly these tickets. False, and the caller rolls back, if one is gone."""
    taken = changed(
        update(Ticket)
        .where(Ticket.id.in_(ticket_ids), Ticket.status == TicketStatus.AVAILABLE)
        .values(status=TicketStatus.HELD, order_id=order_id, held_until=until)
    )
    return taken == len(ticket_ids)


def are_available(ticket_ids: Sequence[int]) -> bool:
    """Whether nobody holds any of these. Exact only while their listing is locked."""
    free = db.session.scalar(
        select(func.count())
        .select_from(Ticket)
        .where(Ticket.id.in_(ticket_ids), Ticket.status == TicketStatus.AVAILABLE)
    )
    return free == len(ticket_ids)


def release(order_ids: Sequence[int]) -> int:
    """Offer the held tickets of these orders again, and of no other. How many."""
    return changed(
        update(Ticket)
        .where(Ticket.order_id.in_(order_ids), Ticket.status == TicketStatus.HELD)
        .values(status=TicketStatus.AVAILABLE, order_id=None, held_until=None)
    )


def say_payment_is_checked(order_id: int) -> None:
    """Let the visible deadline pass now: pages then say that the payment is being checked."""
    db.session.execute(
        update(Ticket)
        .where(
            Ticket.order_id == order_id,
            Ticket.status == TicketStatus.HELD,
            Ticket.held_until > clock.now(),
        )
        .values(held_until=clock.now())
    )


def held_count(order_id: int) -> int:
    """How many tickets the order holds."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Ticket)
            .where(Ticket.order_id == order_id, Ticket.status == TicketStatus.HELD)
        )
        or 0
    )


def sell(order_id: int) -> int:
    """What the order holds becomes the buyer's. How many."""
    return changed(
        update(Ticket)
        .where(Ticket.order_id == order_id, Ticket.status == TicketStatus.HELD)
        .values(status=TicketStatus.SOLD, held_until=None)
    )


def void(order_id: int) -> int:
    """What the order bought is worth nothing any more and is never offered again. How many."""
    return changed(
        update(Ticket)
        .where(Ticket.order_id == order_id, Ticket.status == TicketStatus.SOLD)
        .values(status=TicketStatus.VOID, order_id=None)
    )
