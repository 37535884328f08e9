"""What was sold before a test begins."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app import clock
from app.accounts.models import User
from app.db import transaction
from app.listings import past_sales
from app.listings.models import Listing
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
