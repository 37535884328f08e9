"""Test cards, and what the card form accepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CardBehaviour = Literal[
    "pays", "declined", "insufficient_funds", "asks_3ds", "refund_fails_later", "refund_pends"
]


@dataclass(frozen=True)
class TestCard:
    """A card number of Stripe's test mode and what happens with it."""

    __test__ = False  # Its name is not meant for pytest.

    number: str
    behaviour: CardBehaviour
    description: str

    @property
    def last4(self) -> str:
        """The digits that a charge shows."""
        return self.number[-4:]

    @property
    def grouped(self) -> str:
        """The number as it is printed on a card."""
        return " ".join(self.number[i : i + 4] for i in range(0, len(self.number), 4))


TEST_CARDS = (
    TestCard("4242424242424242", "pays", "pays"),
    TestCard("4000000000000002", "declined", "is declined"),
    TestCard("4000000000009995", "insufficient_funds", "has insufficient funds"),
    TestCard("4000002760003184", "asks_3ds", "asks for 3-D Secure authentication"),
    TestCard("4000000000005126", "refund_fails_later", "pays; a refund fails some time later"),
    TestCard("4000000000007726", "refund_pends", "pays; a refund is pending for some time"),
)

BY_NUMBER = {card.number: card for card in TEST_CARDS}
BY_LAST4 = {card.last4: card for card in TEST_CARDS}


@dataclass(frozen=True)
class CardForm:
    """What the buyer typed on the payment page."""

    email: str
    number: str
    expiry: str
    cvc: str
    name: str

    @property
    def digits(self) -> str:
        """The card number without blanks."""
        return "".join(self.number.split())

    @property
    def card(self) -> TestCard | None:
        """The test card with this number, or None."""
        return BY_NUMBER.get(self.digits)

    def expires(self) -> tuple[int, int] | None:
        """Month and four-digit year, or None if the text is no date."""
        month, _, year = self.expiry.replace(" ", "").partition("/")
        if not (month.isdecimal() and year.isdecimal() and 1 <= int(month) <= 12):
            return None
        return int(month), int(year) + (2000 if len(year) == 2 else 0)

    def mistakes(self, this_month: tuple[int, int]) -> dict[str, str]:
        """Complaints by field name, none if the form can be sent. Takes this year and month."""
        found = {}
        if "@" not in self.email.strip("@ "):
            found["email"] = "Enter your email address."
        if not _has_valid_checksum(self.digits):
            found["number"] = "Your card number is invalid."
        expires = self.expires()
        if expires is None:
            found["expiry"] = "Your card's expiration date is incomplete."
        elif (expires[1], expires[0]) < this_month:
            found["expiry"] = "Your card's expiration date is in the past."
        if not (self.cvc.isdecimal() and len(self.cvc) in (3, 4)):
            found["cvc"] = "Your card's security code is incomplete."
        if not self.name.strip():
            found["name"] = "Enter the name on the card."
        return found


def _has_valid_checksum(digits: str) -> bool:
    """The Luhn checksum that every card number carries."""
    if not (digits.isdecimal() and 12 <= len(digits) <= 19):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
