"""The web: what all pages share, and nothing of what they are about."""

from flask import Flask
from htmx_flask import Htmx

from app.config import Settings
from app.web import (
    compression,
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
    compression.init_app(app)
