"""Where a page of events ended, as an opaque text that a link can carry."""

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from flask_babel import gettext as _

from app.errors import Invalid

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
CURSOR = re.compile(r"([a-z]{1,20}) ([0-9]{1,17}) ([0-9]{1,18})", re.ASCII)


class Position(NamedTuple):
    """A place in the order of a list: the time it is sorted by, then the id."""

    time: datetime
    id: int


def cursor(sort: str, position: Position) -> str:
    """The text for this place in a list of this order."""
    plain = f"{sort} {(position.time - EPOCH) // MICROSECOND} {position.id}"
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def position(cursor: str, sort: str) -> Position:
    """The place a cursor names. Invalid if it is none, or one of another order."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        plain = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError):
        plain = ""
    match = CURSOR.fullmatch(plain)
    if not match or match[1] != sort:
        raise Invalid(
            _("This link to a further page does not work. Start at the first page."), "cursor"
        )
    return Position(EPOCH + int(match[2]) * MICROSECOND, int(match[3]))
