"""Listings: tickets that sellers offer for an event."""

from flask import Flask

from app.listings import api, models, sitemap_routes

__all__ = ["init_app", "models"]


def init_app(app: Flask) -> None:
    app.register_blueprint(sitemap_routes.bp)
    app.register_blueprint(api.bp)
