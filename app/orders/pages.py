"""The page of one order. Cancelling and paying come back to it, with a refusal if there is one."""

from typing import Any

from flask import abort
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import clock
from app.accounts import seller_statements
from app.config import settings
from app.errors import Refusal
from app.orders import expiry, history
from app.orders.models import Order
from app.web import news
from app.web.pages import fragment_or_page
from app.web.posters import poster


def order_page(public_id: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The order as it is now, for its buyer; its fragment for htmx. With a refusal, its status."""
    order = order_or_404(public_id)
    facts = facts_of(order)
    return news.unless_known(
        facts["version"],
        lambda: fragment_or_page(
            "orders/_order.html",
            "orders/show.html",
            status=refusal.status if refusal else 200,
            refusal=str(refusal) if refusal else None,
            answers=refusal is not None,
            poster=poster,
            **facts,
        ),
    )


def facts_of(order: Order) -> dict[str, Any]:
    """What the fragment needs to know, and the `version` that this makes of it.

    What the seller said of themselves later is not about this order.
    """
    may_begin, time = expiry.may_begin_to_pay(order), countdown()
    return {
        "order": order,
        "statement": seller_statements.latest_of(order.listing.seller_id, at=order.created_at),
        "may_begin": may_begin,
        "version": news.version_of(*order.facts(time["now"]), may_begin),
        **time,
    }


def countdown() -> dict[str, Any]:
    """What every countdown needs."""
    return {"now": clock.now(), "hold_seconds": settings().order_hold_seconds}


def order_or_404(public_id: str) -> Order:
    """The order, found through its buyer; to others it does not exist."""
    return history.order_of(current_user.id, public_id) or abort(404)
