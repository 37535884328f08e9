"""Ids in addresses: `<id:listing_id>` and `<public_id:order_id>` in a route, `row_id` and
`public_id` for what follows the `?`. What cannot be one is not found, and asks no database.
"""

import re

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter, Map

BIGGEST_ID = 2**63 - 1  # neither database can look for a bigger one


class IdConverter(IntegerConverter):
    """A number that no row can have is not found, rather than an error."""

    def __init__(self, map: Map):
        super().__init__(map, min=1, max=BIGGEST_ID)


class PublicIdConverter(BaseConverter):
    """An id that nobody finds by counting: letters and digits."""

    regex = "[0-9A-Za-z]{1,64}"


def init_app(app: Flask) -> None:
    app.url_map.converters.update(id=IdConverter, public_id=PublicIdConverter)


def public_id(text: str) -> str:
    """What may be a public id. ValueError if it cannot be one."""
    if not re.fullmatch(PublicIdConverter.regex, text):
        raise ValueError("that is no public id")
    return text


def row_id(text: str) -> int:
    """A number that may be the id of a row. ValueError if it cannot be one."""
    number = int(text)
    if not 0 < number <= BIGGEST_ID:
        raise ValueError(f"{text} is no id")
    return number
