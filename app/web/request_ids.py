"""One id per request: in the answer's headers, on the error page and in every log line."""

import logging
import secrets
from typing import TextIO, cast

from flask import Flask, Response, g, has_request_context
from flask.logging import wsgi_errors_stream

from app.config import Settings

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"


class RequestIds(logging.Filter):
    """Gives each log record a `request_id`, `-` outside of requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current() if has_request_context() else "-"
        return True


# One object, because adding it to the root logger a second time changes nothing.
log_handler = logging.StreamHandler(cast(TextIO, wsgi_errors_stream))
log_handler.setFormatter(logging.Formatter(LOG_FORMAT))
log_handler.addFilter(RequestIds())


def init_app(app: Flask, settings: Settings) -> None:
    root = logging.getLogger()
    root.addHandler(log_handler)
    root.setLevel(settings.log_level)
    app.after_request(_name_request)


def current() -> str:
    """The id of this request. Ours: one that a client may choose could not be trusted in a log."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    return g.request_id


def _name_request(response: Response) -> Response:
    response.headers["X-Request-ID"] = current()
    return response
