"""What was sold before a test begins, and what a seller does in it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app import clock
from app.accounts.models import User
from app.db import transaction
from app.listings import editing, offering, past_sales
from app.listings.models import Listing
from app.orders import reservation
from app.orders.models import Order, OrderStatus


@pytest.fixture
def sold(db, buyer: User, offer) -> Callable[..., None]:
    """Remembers a sale: `sold(4500, quantity=2, days_ago=3, of=listing)`."""

    def make(
        price_cents: int, *, quantity: int = 1, days_ago: int = 0, of: Listing | None = None
    ) -> None:
        listing, now = of or offer(), clock.now()
        order = Order(
            buyer_id=buyer.id,
            listing_id=listing.id,
            listing_version=1,
            quantity=quantity,
            unit_price_cents=price_cents,
            fee_cents=0,
            total_cents=quantity * price_cents,
            currency="EUR",
            status=OrderStatus.COMPLETED,
            expires_at=now,
        )
        with pytest.MonkeyPatch.context() as patch, transaction():
            db.session.add(order)
            db.session.flush()
            patch.setattr(clock, "now", lambda: now - timedelta(days=days_ago))
            past_sales.remember(order.id, listing, price_cents, quantity)

    return make


@pytest.fixture
def publish(seller, event):
    def make(**terms):
        terms = {"price_cents": 4500, "seats": ["4", "5"]} | terms
        with transaction():
            return offering.publish(seller_id=seller.id, event_id=event.id, **terms)

    return make


@pytest.fixture
def edit(listing, seller):
    """Edits the listing as it was published; further arguments say what is new.

    The stock is what it is now, unless one says what was seen.
    """

    def make(version=1, by=None, stock=None, **terms):
        terms = {"price_cents": 4500, "seats": ["1", "2"]} | terms
        seen = editing.stock_of(listing) if stock is None else stock
        with transaction():
            return editing.edit(listing.id, (by or seller).id, version, seen, **terms)

    return make


@pytest.fixture
def describe(listing, seller):
    def make(version=1, by=None, **description):
        description = {
            "handover_method": "pdf",
            "notes": None,
            "handover_notes": None,
        } | description
        with transaction():
            return editing.describe(listing.id, (by or seller).id, version, **description)

    return make


@pytest.fixture
def withdraw(listing, seller):
    def make(version=1, by=None):
        with transaction():
            return offering.withdraw(listing.id, (by or seller).id, version)

    return make


@pytest.fixture
def reserve(listing, buyer):
    def make(quantity=1):
        with transaction():
            return reservation.reserve(listing.id, buyer.id, quantity, version=1)

    return make
