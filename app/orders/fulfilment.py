"""What a payment does to its order. The caller has locked the order; Stripe has spoken."""

from sqlalchemy import select

from app import clock
from app.db import db, lock
from app.listings import inventory, past_sales
from app.listings.models import Listing, ListingStatus
from app.orders.models import Actor, Order, OrderStatus, OrderTicket
from app.orders.transitions import transition


def complete(order: Order) -> bool:
    """The held tickets become the buyer's. False, and nothing sold, if their number is wrong."""
    listing = lock(Listing, order.listing_id)
    if inventory.held_count(order.id) != order.quantity:
        return False
    return _sell(order, listing)


def revive(order: Order) -> bool:
    """A payment came after the order was cancelled: take its very tickets, if all is as it was.

    False if the offer changed, the event began or was cancelled, or a ticket is gone.
    """
    listing = lock(Listing, order.listing_id)
    if listing.status != ListingStatus.ACTIVE or listing.version != order.listing_version:
        return False
    if listing.event.is_cancelled or listing.event.has_begun():
        return False
    tickets = db.session.scalars(
        select(OrderTicket.ticket_id).where(OrderTicket.order_id == order.id)
    ).all()
    if not inventory.are_available(tickets):
        return False
    assert inventory.take(tickets, order.id, clock.now()), "taken under the listing's lock"
    return _sell(order, listing, reason="revived")


def payment_is_unknown(order: Order) -> None:
    """The buyer may have paid, but Stripe did not say. Until it does, nobody is asked to pay."""
    if order.status == OrderStatus.AWAITING_PAYMENT and order.payment_unknown_since is None:
        order.payment_unknown_since = clock.now()


def nothing_is_paid(order: Order) -> None:
    """Stripe has said that the payment page is still open."""
    order.payment_unknown_since = None


def payment_is_on_its_way(order: Order) -> bool:
    """The buyer submitted a payment that settles later. The tickets stay held meanwhile."""
    if order.status not in (OrderStatus.AWAITING_PAYMENT, OrderStatus.CLOSING):
        return False
    inventory.say_payment_is_checked(order.id)
    return transition(order, OrderStatus.PROCESSING, actor=Actor.STRIPE)


def payment_failed(order: Order, reason: str) -> bool:
    """A payment that was on its way will not come. The order closes; False if none was."""
    if order.status != OrderStatus.PROCESSING:
        return False
    return transition(order, OrderStatus.CLOSING, actor=Actor.STRIPE, reason=reason)


def close_unsold(order: Order, reason: str) -> bool:
    """Nothing is handed over for this payment: an unpaid order closes, any other stays."""
    if order.status not in (OrderStatus.AWAITING_PAYMENT, OrderStatus.PROCESSING):
        return False
    inventory.say_payment_is_checked(order.id)
    return transition(order, OrderStatus.CLOSING, actor=Actor.STRIPE, reason=reason)


def refund(order: Order, *, actor: Actor, reason: str) -> bool:
    """The whole payment goes back. The tickets are void: the buyer has them, nobody else may."""
    if order.status != OrderStatus.COMPLETED:
        return False
    inventory.void(order.id)
    past_sales.forget(order.id)
    return transition(order, OrderStatus.REFUNDED, actor=actor, reason=reason)


def flag(order: Order, incident: str) -> None:
    """An operator must look at this order. Nothing else moves until they have decided."""
    order.incident = incident
    db.session.flush()


def _sell(order: Order, listing: Listing, reason: str | None = None) -> bool:
    inventory.sell(order.id)
    past_sales.remember(order.id, listing, order.unit_price_cents, order.quantity)
    return transition(order, OrderStatus.COMPLETED, actor=Actor.STRIPE, reason=reason)
