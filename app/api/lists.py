"""Lists, page after page: each page tells where the next one begins, as a cursor and as a Link."""

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.urls import iri_to_uri

from app.config import settings
from app.web.problems import Fault, NotAsDescribed

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PLACE = re.compile(r"-?\d{1,18}", re.ASCII)


def cursor_of(order: str, *place: int) -> str:
    """The cursor for this place in a list of this order; `position_of` reads it back."""
    plain = " ".join((order, *map(str, place)))
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def position_of(cursor: str, order: str, length: int) -> tuple[int, ...]:
    """The numbers that name the place. NotAsDescribed if it is no cursor, or another list's."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        named, *place = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split(" ")
    except (binascii.Error, UnicodeError):
        named, place = "", []
    if named != order or len(place) != length or not all(map(_PLACE.fullmatch, place)):
        raise no_such_place()
    return tuple(map(int, place))


def no_such_place() -> NotAsDescribed:
    """What a cursor is refused with that this list never gave."""
    words = _("This is no cursor of this list. Begin at its first page.")
    return NotAsDescribed([Fault(detail=words, parameter="cursor")])


def number_of(moment: datetime) -> int:
    """The moment as a number that a cursor can hold; `moment_of` reads it back."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(number: int) -> datetime:
    """The moment that a cursor names. NotAsDescribed if no calendar has it."""
    try:
        return _EPOCH + number * _MICROSECOND
    except OverflowError:
        raise no_such_place() from None


def link_to_next(response: Response, cursor: str | None) -> None:
    """Where the next page is, as RFC 8288 says it."""
    if cursor is None:
        return
    arguments = request.args.to_dict() | {"cursor": cursor}
    address = f"{settings().public_url}{iri_to_uri(request.path)}?{urlencode(arguments)}"
    response.headers["Link"] = f'<{address}>; rel="next"'
