"""One order as a page and as an entry for a calendar.

Cancelling and paying come back to the page, with a refusal if there is one.
"""

from typing import Any

from flask import Response, abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.accounts import seller_statements
from app.catalog.calendars import calendar_file
from app.config import settings
from app.errors import Refusal
from app.orders import expiry, history
from app.orders.models import Order, OrderStatus
from app.web import news
from app.web.pages import fragment_or_page
from app.web.posters import poster
from app.web.search_engines import public_url


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


def order_calendar(public_id: str) -> Response:
    """The event of a paid order with the buyer's seats. Once refunded, it leaves the calendar."""
    order = order_or_404(public_id)
    if not order.was_paid:
        abort(404)
    notes = [
        *(f"{name}: {value}" for name, value in order.places),
        _("Order %(number)s", number=public_id),
    ]
    return calendar_file(
        order.listing.event,
        f"order-{public_id}",
        public_url(url_for("orders.show", public_id=public_id)),
        notes,
        is_cancelled=order.status == OrderStatus.REFUNDED,
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
