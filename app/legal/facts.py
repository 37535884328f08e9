"""What the texts say about the code, taken from the code."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from babel.dates import format_timedelta
from babel.numbers import format_percent
from flask import current_app

from app.catalog import search
from app.config import settings
from app.listings import browsing, pricing
from app.listings.filters import EVENT_SORTS, OFFER_SORTS
from app.listings.inventory import MOST_TICKETS_AN_ORDER
from app.listings.routes import HOME_EVENTS, HOME_OFFERS
from app.money import fee_cents
from app.orders.reservation import MOST_UNPAID_ORDERS
from app.web import languages
from app.web.security import SIGNED_IN_FOR

# How many tickets, and the price of one.
EXAMPLES = ((1, 2500), (1, 5000), (2, 5000), (1, 9990))


def of_terms() -> dict[str, Any]:
    """How long a reservation holds, and how much one may take."""
    return {
        "hold": _hold(),
        "most_tickets": MOST_TICKETS_AN_ORDER,
        "most_unpaid": MOST_UNPAID_ORDERS,
    }


def of_privacy() -> dict[str, Any]:
    """The cookies, by their names, and how long somebody stays signed in."""
    return {
        "session_cookie": current_app.config["SESSION_COOKIE_NAME"],
        "language_cookie": languages.COOKIE,
        "signed_in_days": SIGNED_IN_FOR.days,
        "language_days": timedelta(seconds=languages.COOKIE_SECONDS).days,
    }


def of_fees() -> dict[str, Any]:
    """The rate, and what it comes to for some prices and for several tickets."""
    examples = [_example(quantity, price_cents) for quantity, price_cents in EXAMPLES]
    return {"rate": _rate(), "examples": examples}


def of_ranking() -> dict[str, Any]:
    """How many of each are shown, and the orders that can be chosen."""
    return {
        "home_events": HOME_EVENTS,
        "home_offers": HOME_OFFERS,
        "events_a_page": search.PAGE,
        "most_taken": browsing.MOST_TAKEN_SHOWN,
        "event_sorts": EVENT_SORTS,
        "offer_sorts": OFFER_SORTS,
    }


def _example(quantity: int, price_cents: int) -> dict[str, int]:
    return {
        "quantity": quantity,
        "price_cents": quantity * price_cents,
        "fee_cents": quantity * fee_cents(price_cents, settings().buyer_fee_bps),
        "total_cents": quantity * pricing.all_in(price_cents),
    }


def _rate() -> str | None:
    """`5%`, `5 %`; None where there is no fee."""
    bps = settings().buyer_fee_bps
    if not bps:
        return None
    share = Decimal(bps) / 10_000
    return format_percent(share, locale=languages.language(), decimal_quantization=False)


def _hold() -> str:
    """`15 minutes`, `15 Minuten`."""
    hold = timedelta(seconds=settings().order_hold_seconds)
    return format_timedelta(hold, threshold=2, locale=languages.language())
