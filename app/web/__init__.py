"""The web: what all pages share, and nothing of what they are about."""

from flask import Flask
from flask_compress import Compress
from htmx_flask import Htmx

from app.config import Settings
from app.web import (
    filters,
    headers,
    icons,
    ids,
    languages,
    limits,
    refusals,
    request_ids,
    search_engines,
    security,
    static_files,
)


def init_app(app: Flask, settings: Settings) -> None:
    # The first to be asked: each request has an id before anything can refuse it.
    request_ids.init_app(app, settings)
    security.init_app(app, settings)
    headers.init_app(app, settings)
    languages.init_app(app, settings)
    search_engines.init_app(app)
    limits.init_app(app, settings)
    refusals.init_app(app)
    static_files.init_app(app)
    filters.init_app(app)
    icons.init_app(app)
    ids.init_app(app)
    Htmx().init_app(app)
    app.config.update(
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_ALGORITHM_STREAMING=["gzip"],
        COMPRESS_LEVEL=4,  # higher levels cost more time than the bytes are worth
    )
    Compress(app)
