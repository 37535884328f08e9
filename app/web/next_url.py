"""Where to go after signing in. A link may carry it, so it is not to be trusted."""

import re
from urllib.parse import unquote, urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

# A path of this site. Browsers read a backslash as a slash and skip control characters.
OUR_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x1f]*")


def safe_next(url: str | None) -> str | None:
    """The address if it is a page of ours that can be looked at, else None."""
    if not url or not OUR_PATH.fullmatch(url):
        return None
    path = unquote(urlsplit(url).path)
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return None
    return url


def asked_for() -> str | None:
    """The page of ours that `next` names, in the address or in the form, or None."""
    return safe_next(request.values.get("next"))


def page_before() -> str | None:
    """The page of ours that this request was sent from, as the browser tells, or None."""
    _, _, address = (request.referrer or "").partition("://")
    host, slash, path = address.partition("/")
    return safe_next(slash + path) if host == request.host else None
