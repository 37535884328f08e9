"""Money is an integer of minor units (cents) and an ISO 4217 currency, never a float."""

from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import format_currency, get_currency_precision

# What Stripe charges: at least about 50 cents, at most 999,999.99.
# https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
LEAST_CHARGE_CENTS = 50
MOST_CHARGE_CENTS = 99_999_999


def fee_cents(price_cents: int, rate_bps: int) -> int:
    """The buyer's fee for one ticket: a rate in basis points, rounded half up."""
    return (price_cents * rate_bps + 5_000) // 10_000


def parse_cents(text: str) -> int:
    """`45`, `45.5`, `45,50` or `1.234,50` as cents. ValueError for anything else."""
    plain = text.strip().replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    # The last separator is the decimal one if one or two digits follow: 1.234,50 and 1,234.50.
    head, separator, tail = max(
        plain.rpartition("."), plain.rpartition(","), key=lambda p: len(p[0])
    )
    if separator and len(tail) in (1, 2):
        whole = head.replace(".", "").replace(",", "")
        plain = f"{whole}.{tail}"
    elif separator and len(tail) == 3 and head:
        plain = plain.replace(".", "").replace(",", "")
    if not plain.replace(".", "", 1).isascii() or not plain.replace(".", "", 1).isdigit():
        raise ValueError(f"{text!r} is not an amount of money")
    try:
        cents = Decimal(plain) * 100
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not an amount of money") from error
    if cents != int(cents):
        raise ValueError(f"{text!r} has more than two decimals")
    return int(cents)


@lru_cache(
    maxsize=4096
)  # Babel takes some 20 microseconds each time, and a page repeats its prices
def format_cents(cents: int, currency: str, locale: str = "en") -> str:
    """For people: `€58.00`, `58,00 €`."""
    return format_currency(Decimal(cents) / 100, currency, locale=locale)


def has_two_decimals(currency: str) -> bool:
    """Whether the currency's minor unit is a hundredth, the only kind we can count in."""
    return get_currency_precision(currency) == 2
