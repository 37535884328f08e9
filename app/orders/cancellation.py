"""Ending an unpaid order before its deadline, and the end of one that is closing."""

from flask_babel import gettext as _

from app.db import lock
from app.errors import Conflict
from app.listings import inventory
from app.orders.models import Actor, Order, OrderStatus
from app.orders.transitions import transition


class TooLateToCancel(Conflict):
    """The order is paid, or being paid."""


def cancel(order_id: int, *, actor: Actor, reason: str) -> Order:
    """Give the tickets back, at once if no checkout ever began. The order as it then is.

    With a payment page open at Stripe it becomes `closing`: the payments feature
    shuts that page first, so that nobody pays for tickets already given back.
    Cancelling twice is cancelling once. Conflict if it is paid, or being paid.
    """
    order = lock(Order, order_id)
    if order.status == OrderStatus.PROCESSING:
        raise TooLateToCancel(
            _("Your payment is being processed, so this order cannot be cancelled now.")
        )
    if order.status in (OrderStatus.COMPLETED, OrderStatus.REFUNDED):
        raise TooLateToCancel(_("This order is paid already, so it cannot be cancelled."))
    if order.status == OrderStatus.AWAITING_PAYMENT:
        if order.checkout_started_at is None:
            inventory.release([order.id])
            transition(order, OrderStatus.CANCELLED, actor=actor, reason=reason)
        else:
            inventory.say_payment_is_checked(order.id)
            transition(order, OrderStatus.CLOSING, actor=actor, reason=reason)
    return order


def finish(order: Order) -> bool:
    """End a closing order whose payment pages are all shut. The caller has locked it.

    False if it is not closing any more, because a payment was faster.
    """
    if order.status != OrderStatus.CLOSING:
        return False
    inventory.release([order.id])
    return transition(order, OrderStatus.CANCELLED, actor=Actor.CLOCK, reason=order.cancel_reason)
