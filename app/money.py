"""Money is an integer of minor units (cents) and an ISO 4217 currency, never a float."""

import re
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from flask_babel import gettext as _

# What Stripe charges: at least about 50 cents, at most 999,999.99.
# https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
LEAST_CHARGE_CENTS = 50
MOST_CHARGE_CENTS = 99_999_999

AMOUNT = re.compile(
    r"[0-9]{1,9}([.,][0-9]{1,2})?"
    r"|[1-9][0-9]{0,2}(\.[0-9]{3}){1,2}(,[0-9]{1,2})?"
    r"|[1-9][0-9]{0,2}(,[0-9]{3}){1,2}(\.[0-9]{1,2})?"
    r"|[1-9][0-9]{0,2}( [0-9]{3}){1,2}([.,][0-9]{1,2})?"
)
# 1234, or 1.23 with a digit too many? It is a thousand times as much.
AMBIGUOUS = re.compile(r"([1-9][0-9]{0,2})[.,]([0-9]{3})")


def fee_cents(price_cents: int, rate_bps: int) -> int:
    """The buyer's fee for one ticket: a rate in basis points, rounded half up."""
    return (price_cents * rate_bps + 5_000) // 10_000


def parse_cents(text: str, currency: str | None = None) -> int:
    """`45`, `45.5`, `45,50`, `1.234,50` or `1,234.50` as cents. ValueError, for people, for others.

    With a currency it may stand there too: `40 EUR`, `€40`.
    """
    plain = _without_currency(" ".join(text.split()), currency)
    if match := AMBIGUOUS.fullmatch(plain):
        whole = "".join(match.groups())
        raise ValueError(
            _(
                "%(amount)s can be read in two ways. Write %(whole)s or %(whole)s.00.",
                amount=plain,
                whole=whole,
            )
        )
    if not AMOUNT.fullmatch(plain):
        raise ValueError(_("Enter an amount such as 45 or 45.50."))
    # One or two digits behind the last separator are decimals; three are a group.
    whole, decimals = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", plain).groups()  # type: ignore[union-attr]
    return int(re.sub("[., ]", "", whole)) * 100 + int((decimals or "").ljust(2, "0"))


# Babel takes some 20 microseconds each time, and a page repeats its prices.
@lru_cache(maxsize=4096)
def format_cents(cents: int, currency: str, locale: str = "en") -> str:
    """For people: `€58.00`, `58,00 €`."""
    return format_currency(Decimal(cents) / 100, currency, locale=locale)


@lru_cache(maxsize=4096)
def format_whole(cents: int, currency: str, locale: str = "en") -> str:
    """For people, where cents would be noise: `€58`, `58 €`."""
    pattern = Locale(locale).currency_formats["standard"].pattern.replace(".00", "")
    return format_currency(
        Decimal(cents) / 100, currency, pattern, locale=locale, currency_digits=False
    )


def amount_text(cents: int, locale: str = "en") -> str:
    """As people type it into a form: `45.50`, `45,50`. `parse_cents` reads it again."""
    return format_decimal(Decimal(cents) / 100, "0.00", locale=locale)


def _without_currency(text: str, currency: str | None) -> str:
    for sign in (currency, get_currency_symbol(currency, "en")) if currency else ():
        if text.upper().startswith(sign):
            return text[len(sign) :].lstrip()
        if text.upper().endswith(sign):
            return text[: -len(sign)].rstrip()
    return text
