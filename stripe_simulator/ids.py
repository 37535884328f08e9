"""Identifiers that look like Stripe's."""

from __future__ import annotations

import secrets
import string

ALPHABET = string.ascii_letters + string.digits

# Which object an identifier belongs to, for `expand[]` and the control API.
OBJECT_BY_PREFIX = {
    "cs": "checkout.session",
    "pi": "payment_intent",
    "ch": "charge",
    "py": "charge",
    "re": "refund",
    "du": "dispute",
    "evt": "event",
    "pm": "payment_method",
    "txn": "balance_transaction",
}


def new_id(prefix: str, length: int = 24) -> str:
    """A fresh random identifier: `new_id("pi")` gives `pi_` and 24 letters and digits."""
    return f"{prefix}_" + "".join(secrets.choice(ALPHABET) for _ in range(length))


def object_of(identifier: str) -> str | None:
    """The `object` name that an identifier's prefix stands for, or None."""
    return OBJECT_BY_PREFIX.get(identifier.partition("_")[0])
