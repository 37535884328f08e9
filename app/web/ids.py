"""Ids of rows in addresses: `<id:listing_id>` in a route, `row_id` for what follows the `?`."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

BIGGEST_ID = 2**63 - 1  # neither database can look for a bigger one


class IdConverter(IntegerConverter):
    """A number that no row can have is not found, rather than an error."""

    def __init__(self, map: Map):
        super().__init__(map, min=1, max=BIGGEST_ID)


def init_app(app: Flask) -> None:
    app.url_map.converters["id"] = IdConverter


def row_id(text: str) -> int:
    """A number that may be the id of a row. ValueError if it cannot be one."""
    number = int(text)
    if not 0 < number <= BIGGEST_ID:
        raise ValueError(f"{text} is no id")
    return number
