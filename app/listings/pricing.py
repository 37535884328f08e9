"""What a price means to those who pay it."""

from app.config import settings
from app.money import fee_cents


def all_in(price_cents: int) -> int:
    """What a buyer pays for one ticket of this price."""
    return price_cents + fee_cents(price_cents, settings().buyer_fee_bps)


def dearest_within(most_cents: int) -> int:
    """The highest price for which a buyer pays no more than this, all fees in."""
    price_cents = most_cents * 10_000 // (10_000 + settings().buyer_fee_bps) + 1
    while all_in(price_cents) > most_cents:  # fees are rounded: it is one of the next few
        price_cents -= 1
    return price_cents
