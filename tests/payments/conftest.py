"""Payments meet the real stripe package, over HTTP, against the simulator."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.config import SIMULATOR_WEBHOOK_SECRET
from app.db import transaction
from app.orders import reservation
from app.payments import checkout
from app.payments.models import CheckoutAttempt, Refund
from app.payments.settlement import settle
from tests.support.stripe import Stripe


@pytest.fixture
def stripe(simulator_url: str) -> Iterator[Stripe]:
    """The world outside: what buyers, banks and Stripe's dashboard do."""
    stripe = Stripe(simulator_url)
    stripe.reset()
    yield stripe
    assert stripe.violations() == [], "every call of ours fits the types of the stripe package"


@pytest.fixture
def environ(simulator_url: str) -> dict[str, str]:
    return {
        "STRIPE_API_BASE": simulator_url,
        "STRIPE_SECRET_KEY": "sk_test_ticketbay",
        "STRIPE_WEBHOOK_SECRET": SIMULATOR_WEBHOOK_SECRET,
    }


@pytest.fixture
def move_clock(stripe: Stripe, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Moves our clock and Stripe's on by so many seconds."""
    offset = timedelta()

    def move(seconds: int) -> None:
        nonlocal offset
        offset += timedelta(seconds=seconds)
        stripe.post("/clock", advance=seconds)

    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + offset)
    return move


@pytest.fixture
def reserved(stripe: Stripe, listing, buyer) -> Callable[..., int]:
    """Reserves tickets of the listing for the buyer. The order's id."""

    def reserve(quantity: int = 2, **who: Any) -> int:
        by, of = who.get("buyer", buyer), who.get("listing", listing)
        with transaction():
            order = reservation.reserve(of.id, by.id, quantity, of.version)
            return order.id

    return reserve


@pytest.fixture
def begun(reserved, db) -> Callable[..., tuple[int, str]]:
    """Reserves and opens the payment page. The order's id and the session's."""

    def begin(quantity: int = 2, **who: Any) -> tuple[int, str]:
        order_id = reserved(quantity, **who)
        assert checkout.start_checkout(order_id)
        return order_id, session_of(db, order_id)

    return begin


@pytest.fixture
def paid_another_amount(stripe: Stripe, reserved, db) -> Callable[[int], int]:
    """Reserves, pays so many cents, whatever it costs, and settles that. The order's id."""

    def pay(cents: int) -> int:
        order_id = reserved()
        stripe.post("/sessions/next", amount_total=cents)
        checkout.start_checkout(order_id)
        session_id = session_of(db, order_id)
        stripe.pay(session_id)
        settle(session_id)
        return order_id

    return pay


def session_of(db, order_id: int) -> str:
    found = db.session.scalars(
        select(CheckoutAttempt.session_id)
        .where(CheckoutAttempt.order_id == order_id)
        .order_by(CheckoutAttempt.id.desc())
        .limit(1)
    ).one()
    db.session.rollback()
    assert found
    return found


def refunds_of(db) -> list[tuple[str, int, str]]:
    """Reason, cents and status of every refund, the oldest first."""
    rows = db.session.execute(
        select(Refund.reason, Refund.amount_cents, Refund.status).order_by(Refund.id)
    )
    found = [(row.reason, row.amount_cents, row.status) for row in rows]
    db.session.rollback()
    return found
