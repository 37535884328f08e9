"""The one place that turns a refusal or a failure into a page, a fragment or problem+json."""

import logging
from collections.abc import Mapping
from contextlib import suppress

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app.db import db
from app.errors import RETRY_SOON, Refusal
from app.web import problems, request_ids, search_engines
from app.web.pages import wants_fragment

log = logging.getLogger(__name__)

# What happened, and what to do, where nobody says it better.
USUAL_WORDS = {
    400: (
        _l("That did not arrive as expected"),
        _l("Go back, reload the page and try once more."),
    ),
    403: (_l("This page is not yours"), _l("Sign in with the account it belongs to.")),
    404: (
        _l("We cannot find this page"),
        _l("It may have moved, or the tickets are gone. Search for the event instead."),
    ),
    405: (_l("That does not work here"), _l("Go back and use the button on the page.")),
    409: (
        _l("Somebody was faster"),
        _l("Go back and reload the page to see what is available now."),
    ),
    413: (_l("That is too large"), _l("Send a smaller file or a shorter text.")),
    422: (_l("Something is not right yet"), _l("Go back and check what you entered.")),
    429: (_l("That was a bit too fast"), _l("Wait a minute, then try again.")),
    500: (_l("Something broke on our side"), _l("It was not you. Try again in a minute.")),
    503: (
        _l("We are busy or being repaired"),
        _l("Try again in a few minutes. Your orders are safe."),
    ),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _page_too_old)
    app.register_error_handler(RateLimitExceeded, _too_often)
    # Lock and pool timeouts, deadlocks, lost connections, a busy or full SQLite: all rolled back,
    # and all worth a second try. What a constraint refused is a mistake of ours and stays a 500.
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, _database_busy)


def refuse(
    status: int,
    message: str | None = None,
    *,
    title: str | None = None,
    refusal: Refusal | None = None,
    headers: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """The refusal as this client reads it. Without words of its own it says the usual ones."""
    with suppress(SQLAlchemyError):
        db.session.rollback()
    search_engines.leave_out()
    headers = {**(headers or {})}
    if _wants_json():
        return problems.problem(
            status,
            kind=problems.name_of_refusal(type(refusal)) if refusal else None,
            detail=message,
            errors=problems.faults_of(refusal) if refusal else (),
            headers=headers,
            members=refusal.members if refusal else None,
        )
    usual_title, usual_message = (
        USUAL_WORDS.get(status) or USUAL_WORDS[400 if status < 500 else 500]
    )
    if wants_fragment():
        title = title or (None if message else usual_title)
        fragment = render_template(
            "errors/_refusal.html", title=title, message=message or usual_message
        )
        return fragment, status, headers
    page = render_template(
        "errors/error.html",
        status=status,
        title=title or usual_title,
        message=message or usual_message,
        request_id=request_ids.current(),
    )
    return page, status, headers


def _refused(refusal: Refusal) -> ResponseReturnValue:
    return refuse(refusal.status, str(refusal), refusal=refusal, headers=refusal.headers)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()  # a redirect, or an answer that is complete
    # Werkzeug's own words speak to programmers; only those of an abort(403, "...") are for people.
    is_ours = error.description != type(error).description
    headers = {
        name: value
        for name, value in error.get_headers()
        if name.lower() in ("allow", "retry-after")
    }
    return refuse(error.code, error.description if is_ours else None, headers=headers)


def _page_too_old(_error: CSRFError) -> ResponseReturnValue:
    # Usually somebody signed in or out in another tab; for htmx a new page is the quickest cure.
    headers = {"HX-Refresh": "true"} if wants_fragment() else {}
    return refuse(
        400,
        _(
            "You may have signed in or out meanwhile. Nothing was changed. "
            "Go back, reload the page and try again."
        ),
        title=_("This page is out of date"),
        headers=headers,
    )


def _too_often(error: RateLimitExceeded) -> ResponseReturnValue:
    # The whole window, which is at most too long: asking for the rest could wait for Redis.
    seconds = error.limit.limit.get_expiry()
    minutes = max(1, round(seconds / 60))
    return refuse(
        429,
        ngettext(
            "There were too many tries. Wait a minute, then try again.",
            "There were too many tries. Wait %(num)s minutes, then try again.",
            minutes,
        ),
        headers={"Retry-After": str(seconds)},
    )


def _database_busy(error: SQLAlchemyError) -> ResponseReturnValue:
    # Not the whole error, which would tell the log what people have entered.
    log.warning("database busy: %s", getattr(error, "orig", None) or error)
    return refuse(503, headers=RETRY_SOON)


def _wants_json() -> bool:
    if request.path.startswith("/api/"):
        return True
    accepted = request.accept_mimetypes
    return accepted.accept_json and not accepted.accept_html
