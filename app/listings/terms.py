"""What a seller may ask for: the terms of an offer, checked. Pure, no database."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.errors import Invalid
from app.listings.inventory import MOST_TICKETS_A_LISTING, MOST_TICKETS_AN_ORDER
from app.listings.models import HandoverMethod, SplitRule
from app.listings.seats import checked_seat, place_key
from app.money import LEAST_CHARGE_CENTS, MOST_CHARGE_CENTS, fee_cents
from app.visible import in_one_line, visible
from app.web.filters import money

LONGEST_PLACE = 40  # a section or a row
LONGEST_NOTES = 500


@dataclass(frozen=True, kw_only=True)
class Terms:
    """An offer as the seller wants it. Invalid, naming the field, if it cannot be one.

    Either `seats` names the tickets or `quantity` counts them. Both are about the
    tickets that are still to be sold; those already sold are not the seller's to change.
    """

    price_cents: int
    face_value_cents: int | None = None
    seats: list[str] | None = None
    quantity: int | None = None
    section: str | None = None
    row: str | None = None
    notes: str | None = None
    split_rule: str = SplitRule.ANY
    handover_method: str = HandoverMethod.TRANSFER
    handover_notes: str | None = None

    def __post_init__(self) -> None:
        for name, longest in _LONGEST.items():
            clean = _in_lines if name in _NOTES else in_one_line
            self._set(name, _short_text(clean(getattr(self, name) or ""), longest, name))
        if self.seats:
            self._set("seats", [checked_seat(seat) for seat in self.seats])
        self._check_tickets()
        if self.split_rule not in tuple(SplitRule):
            raise Invalid(_("Choose how the tickets may be split."), field="split_rule")
        if self.handover_method not in tuple(HandoverMethod):
            raise Invalid(_("Choose how the tickets get to the buyer."), field="handover_method")
        if self.split_rule == SplitRule.TOGETHER and self.count > MOST_TICKETS_AN_ORDER:
            raise Invalid(
                _(
                    "One buyer takes at most %(most)s tickets. Allow splitting, or offer fewer.",
                    most=MOST_TICKETS_AN_ORDER,
                ),
                field="split_rule",
            )

    @property
    def count(self) -> int:
        """How many tickets are offered."""
        return len(self.seats) if self.seats else self.quantity or 0

    @property
    def names(self) -> list[str | None]:
        """One entry per ticket: its seat, or None where seats have no name."""
        return [*self.seats] if self.seats else [None] * self.count

    @property
    def description(self) -> dict[str, Any]:
        """What is said about the offer and its handover."""
        return {name: getattr(self, name) for name in DESCRIPTION}

    @property
    def columns(self) -> dict[str, Any]:
        """What a listing stores of them; its tickets say the rest."""
        return {name: getattr(self, name) for name in (*DEAL, *DESCRIPTION)}

    def check_money(self, fee_bps: int, currency: str) -> None:
        """Invalid unless both prices can be."""
        check_price(self.price_cents, fee_bps, currency)
        check_face_value(self.face_value_cents)

    def _check_tickets(self) -> None:
        if self.seats and self.quantity not in (None, len(self.seats)):
            raise Invalid(
                _(
                    "You named %(seats)s seats but %(tickets)s tickets. "
                    "Make both the same, or leave the seats empty.",
                    seats=len(self.seats),
                    tickets=self.quantity,
                ),
                field="quantity",
            )
        if self.seats and len(set(map(place_key, self.seats))) < len(self.seats):
            raise Invalid(_("Name each seat once."), field="seats")
        if not 0 <= self.count <= MOST_TICKETS_A_LISTING:
            raise Invalid(
                _("Offer between 1 and %(most)s tickets at a time.", most=MOST_TICKETS_A_LISTING),
                field="seats" if self.seats else "quantity",
            )

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)  # the terms are frozen for everybody else


def check_price(price_cents: int, fee_bps: int, currency: str) -> None:
    """Invalid unless Stripe would charge one ticket, and as many as an order can have."""
    if price_cents <= 0:
        raise Invalid(_("Enter a price above zero."), field="price")
    for_one = price_cents + fee_cents(price_cents, fee_bps)
    if for_one < LEAST_CHARGE_CENTS:
        least = money(LEAST_CHARGE_CENTS, currency)
        raise Invalid(
            _("A ticket must cost the buyer at least %(price)s.", price=least), field="price"
        )
    if for_one * MOST_TICKETS_AN_ORDER > MOST_CHARGE_CENTS:
        most = money(MOST_CHARGE_CENTS // MOST_TICKETS_AN_ORDER, currency)
        raise Invalid(
            _("A ticket may cost the buyer at most %(price)s.", price=most), field="price"
        )


def check_face_value(face_value_cents: int | None) -> None:
    """Invalid unless it may be printed on a ticket, or is not known."""
    if face_value_cents is not None and not 0 < face_value_cents <= MOST_CHARGE_CENTS:
        raise Invalid(_("Enter the price printed on the ticket, or nothing."), field="face_value")


_LONGEST = {
    "section": LONGEST_PLACE,
    "row": LONGEST_PLACE,
    "notes": LONGEST_NOTES,
    "handover_notes": LONGEST_NOTES,
}
_NOTES = ("notes", "handover_notes")
DESCRIPTION = ("notes", "handover_method", "handover_notes")
DEAL = ("price_cents", "face_value_cents", "section", "row", "split_rule")


def _in_lines(text: str) -> str:
    return "\n".join(visible(line).rstrip() for line in text.splitlines()).strip()


def _short_text(text: str, longest: int, field: str) -> str | None:
    if len(text) > longest:
        raise Invalid(_("Use at most %(max)s characters.", max=longest), field=field)
    return text or None
