"""Reserving tickets: the buyer gets some minutes alone with them to pay."""

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from app import clock
from app.accounts.models import User
from app.config import settings
from app.db import after_commit, db, lock
from app.errors import Conflict, Forbidden, Invalid
from app.listings import inventory
from app.listings.models import Listing, ListingStatus, SplitRule
from app.money import fee_cents
from app.orders import expiry, transitions
from app.orders.domain_events import OrderReserved
from app.orders.models import UNPAID, Actor, Order, OrderTicket
from app.outbox.recording import record

MOST_UNPAID_ORDERS = 4


class OfferChanged(Conflict):
    """What the buyer saw is not what is offered now."""


class TooManyUnpaidOrders(Conflict):
    """One has to pay or cancel a reservation before the next one."""


class EventOver(Conflict):
    """The event has begun or was cancelled."""


class OwnTickets(Forbidden):
    """Nobody buys their own tickets."""


def refuse_if_hopeless(listing_id: int, quantity: int, version: int | None) -> None:
    """Say no without a lock where a plain read already shows it.

    On a hot ticket that is nearly every request, and it keeps the writers'
    queue short. Whoever passes here may still lose in `reserve`.
    """
    row = db.session.execute(
        select(Listing.status, Listing.version).where(Listing.id == listing_id)
    ).one_or_none()
    if row is None:
        raise Invalid(_("There is no such listing."), field="listing_id")
    if row.status != ListingStatus.ACTIVE or version not in (None, row.version):
        raise OfferChanged(_("The seller has just changed this offer. Please look again."))
    if inventory.available_count(listing_id) < quantity:
        raise inventory.TicketsUnavailable(_("Someone was faster. Fewer tickets are left."))


def reserve(listing_id: int, buyer_id: int, quantity: int, version: int | None) -> Order:
    """Hold tickets for the buyer and open an order that must be paid in time.

    `version` is the listing's version that the buyer saw, None if any will do. What is
    counted here is counted under a lock: on PostgreSQL two transactions would otherwise
    both count, and both write. Refuses with Conflict (a lost race, a limit), Forbidden (their
    own tickets) or Invalid (a number the split rule does not allow).
    """
    buyer = lock(User, buyer_id)
    if _unpaid_orders(buyer_id) >= MOST_UNPAID_ORDERS:
        raise TooManyUnpaidOrders(
            _(
                "You have %(num)s unpaid reservations. Pay or cancel one of them first.",
                num=MOST_UNPAID_ORDERS,
            )
        )
    listing = lock(Listing, listing_id)
    if listing.seller_id == buyer.id:
        raise OwnTickets(_("These are your own tickets."))
    if listing.status != ListingStatus.ACTIVE or version not in (None, listing.version):
        raise OfferChanged(_("The seller has just changed this offer. Please look again."))
    if listing.event.is_cancelled or listing.event.has_begun():
        raise EventOver(_("This event is over or cancelled. Its tickets are no longer sold here."))
    _check_quantity(listing, quantity)

    fee = quantity * fee_cents(listing.price_cents, settings().buyer_fee_bps)
    order = Order(
        buyer_id=buyer.id,
        listing_id=listing.id,
        listing_version=listing.version,
        quantity=quantity,
        unit_price_cents=listing.price_cents,
        fee_cents=fee,
        total_cents=quantity * listing.price_cents + fee,
        currency=listing.currency,
        expires_at=clock.now() + timedelta(seconds=settings().order_hold_seconds),
    )
    db.session.add(order)
    db.session.flush()
    held = inventory.hold(listing.id, quantity, order.id, order.expires_at)
    db.session.add_all(OrderTicket(order_id=order.id, ticket_id=ticket_id) for ticket_id in held)
    transitions.note(order, None, actor=Actor.BUYER)
    record(OrderReserved(**transitions.facts_of(order), expires_at=order.expires_at))
    after_commit(expiry.set_alarm, order.expires_at)
    return order


def _unpaid_orders(buyer_id: int) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Order)
            .where(Order.buyer_id == buyer_id, Order.status.in_(UNPAID))
        )
        or 0
    )


def _check_quantity(listing: Listing, quantity: int) -> None:
    available = inventory.available_count(listing.id)
    if available < quantity:
        raise inventory.TicketsUnavailable(_("Someone was faster. Fewer tickets are left."))
    allowed = inventory.allowed_quantities(listing.split_rule, available)
    if quantity not in allowed:
        raise Invalid(_why_not(listing.split_rule, quantity, available), field="quantity")


def _why_not(split_rule: str, quantity: int, available: int) -> str:
    most = min(available, inventory.MOST_TICKETS_AN_ORDER)
    if not 1 <= quantity <= most:
        return ngettext("Choose 1 ticket.", "Choose between 1 and %(num)s tickets.", most)
    if split_rule == SplitRule.TOGETHER:
        return _("The seller sells all %(num)s tickets together.", num=available)
    if split_rule == SplitRule.PAIRS:
        return _("The seller sells these tickets in pairs. Choose an even number.")
    return _("That would leave a single ticket over. Choose another number.")
