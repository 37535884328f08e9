"""Which route an address of a page belongs to."""

from collections.abc import Iterable

from flask import Flask
from werkzeug.exceptions import HTTPException

from app.api import PREFIX
from tests.pages.every_page import NOT_PAGES, Page

SOMETHING = "1"  # an id, a public id and a slug alike


class Anything(dict[str, str]):
    """Stands for the names in addresses, which nobody has given here."""

    def __missing__(self, name: str) -> str:
        return SOMETHING


def not_in(app: Flask, pages: Iterable[Page]) -> set[str]:
    """The endpoints that answer with a page, and that none of these comes to."""
    rules = [rule for rule in app.url_map.iter_rules() if not rule.rule.startswith(PREFIX)]
    endpoints = {rule.endpoint for rule in rules if "GET" in (rule.methods or ())}
    addresses = (page.path.format_map(Anything()) for page in pages)
    return endpoints - NOT_PAGES - {endpoint_of(app, address) for address in addresses}


def endpoint_of(app: Flask, address: str, method: str = "GET") -> str | None:
    """None if there is none at this address, which may carry a query."""
    try:
        endpoint, _ = app.url_map.bind("localhost").match(address.partition("?")[0], method)
    except HTTPException:
        return None
    return str(endpoint)
