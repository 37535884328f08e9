"""What a price means to those who pay it."""

from app.config import settings
from app.money import fee_cents


def all_in(price_cents: int) -> int:
    """What a buyer pays for one ticket of this price."""
    return price_cents + fee_cents(price_cents, settings().buyer_fee_bps)
