"""Starting to pay: from an order to the address of its payment page at Stripe."""

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from app import clock
from app.config import settings
from app.db import after_commit, changed, db, lock, transaction
from app.errors import Conflict, Unavailable
from app.orders import expiry
from app.orders.models import Order, OrderStatus
from app.payments import gateway
from app.payments.models import LIVE, AttemptStatus, CheckoutAttempt, new_key
from app.payments.settlement import settle
from app.web import filters
from app.web.languages import language

log = logging.getLogger(__name__)

# Stripe wants 30 minutes at least; the rest is room for retries and clocks that differ.
SHORTEST_SESSION = timedelta(minutes=35)
RECONCILE_AFTER = timedelta(minutes=10)
# Another tab is creating the very same session: its answer will be ours, too.
WAITS_WHILE_BUSY = (0.2, 0.4, 0.8, 1.6, 2.0)
CANNOT_SEE = _l(
    "We cannot see right now whether you have paid already. Please try again in a moment."
)
TRY_AGAIN = _l(
    "The payment page cannot be opened right now. Nothing was charged. Please try again."
)


class NothingToPay(Conflict):
    """The order does not wait for a payment (any more): it is paid, being checked, or over."""

    def __init__(self) -> None:
        super().__init__(_("This order does not wait for a payment any more."))


class TooLateToPay(Conflict):
    """The order's time is over, or what is left of it is too short to begin."""


def start_checkout(order_id: int) -> str | None:
    """The address where the buyer pays, or None: look at the order, it has moved on.

    Refuses with NothingToPay or TooLateToPay, and with Unavailable when
    Stripe does not answer. Opens transactions of its own; Stripe is asked in
    between. The steps are those of "start_checkout" in docs/payments.md.
    """
    for _try in range(2):
        attempt = _begin(order_id)
        if attempt.session_id is None:
            return _open_page(attempt)
        try:
            session = gateway.retrieve_session(attempt.session_id)
            if session.status == "open":
                return session.url
            settle(session.id)
        except (gateway.StripeUnavailable, gateway.StripeRefused) as error:
            raise Unavailable(CANNOT_SEE) from error
        if not _still_awaits_payment(order_id):
            return None
    return None


def _begin(order_id: int) -> CheckoutAttempt:
    """The order's live attempt, a new one if it has none. Detached: its values, no transaction."""
    with transaction():
        order = lock(Order, order_id)
        if order.status != OrderStatus.AWAITING_PAYMENT:
            raise NothingToPay()
        attempt = db.session.scalar(
            select(CheckoutAttempt).where(
                CheckoutAttempt.order_id == order.id, CheckoutAttempt.status.in_(LIVE)
            )
        )
        # Its page can be paid anyway, so its buyer may go back to it.
        is_open = attempt is not None and attempt.session_id is not None
        if order.expires_at <= clock.now() or not (is_open or expiry.time_is_enough(order)):
            raise TooLateToPay(_("There is too little time left to pay. Please reserve again."))
        if attempt is None:
            attempt = _insert_attempt(order)
        if order.checkout_started_at is None:
            order.checkout_started_at = clock.now()
        db.session.flush()
        grace = timedelta(seconds=settings().payment_grace_seconds)
        after_commit(expiry.set_alarm, order.expires_at + grace)
        db.session.refresh(attempt)
        db.session.expunge(attempt)
    return attempt


def _insert_attempt(order: Order) -> CheckoutAttempt:
    now = clock.now()
    grace = timedelta(seconds=settings().payment_grace_seconds)
    ends_at = max(now + SHORTEST_SESSION, order.expires_at + grace)
    attempt = CheckoutAttempt(
        order_id=order.id,
        key=new_key(),
        parameters={},
        amount_cents=order.total_cents,
        currency=order.currency,
        session_expires_at=ends_at,
        next_try_at=now + RECONCILE_AFTER,
    )
    db.session.add(attempt)
    db.session.flush()
    attempt.parameters = _parameters(order, attempt.id, ends_at)
    return attempt


def _parameters(order: Order, attempt_id: int, ends_at: datetime) -> dict[str, Any]:
    """What Stripe is asked for. Frozen with the key: the same key must never bring other values."""
    event = order.listing.event
    when = filters.day(event.starts_at_local)
    address = f"{settings().public_url}/orders/{order.public_id}"
    metadata = {"order_id": order.public_id, "attempt_id": str(attempt_id)}
    return {
        "mode": "payment",
        "client_reference_id": order.public_id,
        "customer_email": order.buyer.email,
        "success_url": f"{address}/return?session_id={{CHECKOUT_SESSION_ID}}",
        "cancel_url": address,
        "expires_at": int(ends_at.timestamp()),
        "locale": language(),
        "line_items": [
            {
                "quantity": order.quantity,
                "price_data": {
                    "currency": order.currency.lower(),
                    # The price shown first is the price paid, so the fee is no line of its own.
                    "unit_amount": order.total_cents // order.quantity,
                    "product_data": {"name": f"{event.title}, {when}, {event.venue.name}"},
                },
            }
        ],
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        # Only methods that settle at once; wallets come with card.
        "allowed_payment_method_types": ["card", "link"],
        "adaptive_pricing": {"enabled": False},
    }


def _open_page(attempt: CheckoutAttempt) -> str | None:
    session = _create_session(attempt)
    with transaction():
        order = lock(Order, attempt.order_id)
        stored = order.status == OrderStatus.AWAITING_PAYMENT and changed(
            update(CheckoutAttempt)
            .where(
                CheckoutAttempt.id == attempt.id,
                CheckoutAttempt.status == AttemptStatus.OPEN,
                CheckoutAttempt.session_id.is_(None) | (CheckoutAttempt.session_id == session.id),
            )
            .values(session_id=session.id, url=session.url)
        )
    if stored:
        return session.url
    # The order ended meanwhile. Nobody has the address of this page; shutting it is tidiness.
    try:
        gateway.expire_session(session.id)
    except (gateway.StripeUnavailable, gateway.StripeRefused) as error:
        log.info("orphaned session %s stays open until it expires: %s", session.id, error)
    return None


def _create_session(attempt: CheckoutAttempt) -> gateway.Session:
    for wait in (*WAITS_WHILE_BUSY, None):
        try:
            return gateway.create_session(attempt.parameters, attempt.key)
        except gateway.StripeBusy as error:
            if wait is None:
                raise Unavailable(TRY_AGAIN) from error
            time.sleep(wait)
        except (gateway.StripeUnavailable, gateway.StripeRefused) as error:
            # Stripe replays what it first answered under a key, a 500 too: the key is given up.
            log.warning("attempt %s: no session: %s", attempt.id, error)
            _give_up(attempt.id)
            raise Unavailable(TRY_AGAIN) from error
    raise AssertionError("the last wait is None")


def _give_up(attempt_id: int) -> None:
    with transaction():
        db.session.execute(
            update(CheckoutAttempt)
            .where(
                CheckoutAttempt.id == attempt_id,
                CheckoutAttempt.status == AttemptStatus.OPEN,
                CheckoutAttempt.session_id.is_(None),
            )
            .values(status=AttemptStatus.CLOSED)
        )


def _still_awaits_payment(order_id: int) -> bool:
    status = db.session.scalar(select(Order.status).where(Order.id == order_id))
    db.session.rollback()
    return status == OrderStatus.AWAITING_PAYMENT
