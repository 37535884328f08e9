"""What is printed on a ticket: where one sits, as names and values."""

from collections.abc import Iterable

from app.listings.terms import seats_text

Places = list[tuple[str, str]]

ANYWHERE: Places = [("Entry", "No fixed seat")]


def places(section: str | None, row: str | None, seats: Iterable[str | None]) -> Places:
    """`[("Section", "G"), ("Row", "12"), ("Seats", "4, 9")]`, without what the tickets lack.

    Tickets for no certain place say that.
    """
    named = [seat for seat in seats if seat]
    pairs = [
        ("Section", section),
        ("Row", row),
        ("Seats" if len(named) > 1 else "Seat", seats_text(named)),
    ]
    return [(name, value) for name, value in pairs if value] or ANYWHERE
