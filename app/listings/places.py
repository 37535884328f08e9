"""What is printed on a ticket: where one sits, as names and values."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import ngettext

from app.listings.seats import seats_text

Places = list[tuple[str, str]]


def places(section: str | None, row: str | None, seats: Iterable[str | None]) -> Places:
    """`[("Section", "G"), ("Row", "12"), ("Seats", "4, 9")]`, without what the tickets lack.

    Tickets for no certain place say that.
    """
    named = [seat for seat in seats if seat]
    pairs = [
        (_("Section"), section),
        (_("Row"), row),
        (ngettext("Seat", "Seats", len(named)), seats_text(named)),
    ]
    return [(name, value) for name, value in pairs if value] or [(_("Entry"), _("No fixed seat"))]
