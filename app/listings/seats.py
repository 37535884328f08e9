"""Seats as sellers write them: read one by one, and told in short again. Pure."""

import re

from flask_babel import gettext as _

from app.errors import Invalid
from app.listings.inventory import MOST_TICKETS_A_LISTING
from app.visible import in_one_line

LONGEST_SEAT = 12

# "4-7", "B4-B7", "Loge 4 bis 7", with whatever dash there is on a keyboard or in a pasted text.
_TO = r"\s*(?:[-\u2010-\u2015\u2212]|bis|to)\s*"
_SEAT = r"((?:[^\W\d_]| )*)([0-9]{1,12})"
_NUMBERED = re.compile(_SEAT)
_RANGE = re.compile(f"{_SEAT}{_TO}{_SEAT}", re.IGNORECASE)
_SEVERAL = re.compile(rf"\d(?:{_TO}|\s*(?:and|und|&|\+)\s*)[^\W\d_]* ?\d", re.IGNORECASE)


def parse_seats(text: str | None) -> list[str]:
    """`4-7, 9, B11-B12` as `["4", "5", "6", "7", "9", "B11", "B12"]`.

    Invalid if it seems to name several seats but does not say which.
    """
    parts = [in_one_line(part) for part in re.split(r"[,;\n]", text or "")]
    return [seat for part in parts if part for seat in _seats(part)]


def seats_text(seats: list[str]) -> str:
    """The opposite of `parse_seats`: neighbours as a range, the rest one by one."""
    runs: list[list[str]] = []
    for seat in sorted(seats, key=_in_order):
        if runs and seat == _after(runs[-1]):
            runs[-1].append(seat)
        else:
            runs.append([seat])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}\N{EN DASH}{run[-1]}" for run in runs)


def checked_seat(name: str) -> str:
    """The seat's name in one line. Invalid if it is none, or too long."""
    name = in_one_line(name)
    if not 0 < len(name) <= LONGEST_SEAT:
        raise Invalid(
            _("A seat has a name of at most %(max)d characters.", max=LONGEST_SEAT), field="seats"
        )
    return name


def place_key(*names: str | None) -> tuple[str, ...]:
    """Section, row and seat in a form in which `G / 12 / B 4` and `g / 12 / b4` are the same."""
    return tuple("".join((name or "").split()).casefold() for name in names)


def _seats(part: str) -> list[str]:
    if match := _RANGE.fullmatch(part):
        prefix, first, again, last = match.groups()
        count = int(last) - int(first) + 1
        if count > MOST_TICKETS_A_LISTING:
            raise Invalid(
                _(
                    "%(seats)s are too many seats. Offer at most %(most)s at a time.",
                    seats=part,
                    most=MOST_TICKETS_A_LISTING,
                ),
                field="seats",
            )
        if count > 0 and again.casefold() in ("", prefix.casefold()):
            return [_numbered(prefix, int(first) + n, len(first)) for n in range(count)]
    elif not _SEVERAL.search(part):
        return [part]
    raise Invalid(
        _("We cannot read the seats %(seats)s. Write 4-7, or 4, 5, 6.", seats=part), field="seats"
    )


def _in_order(seat: str) -> tuple[str, int, str]:
    match = _NUMBERED.fullmatch(seat)
    return (match[1], int(match[2]), seat) if match else (seat, 0, seat)


def _after(run: list[str]) -> str | None:
    """The seat that continues the run, written as its first one is."""
    first, last = _NUMBERED.fullmatch(run[0]), _NUMBERED.fullmatch(run[-1])
    return _numbered(last[1], int(last[2]) + 1, len(first[2])) if first and last else None


def _numbered(prefix: str, number: int, digits: int) -> str:
    # Seat 007 is followed by 008.
    return f"{prefix}{number:0{digits}}"
