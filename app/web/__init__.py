"""The web: what all pages share, and nothing of what they are about."""

from flask import Flask
from htmx_flask import Htmx

from app.config import Settings
from app.web import filters


def init_app(app: Flask, settings: Settings) -> None:
    Htmx().init_app(app)
    filters.init_app(app)
