"""Listings: tickets that sellers offer for an event."""

from flask import Flask

from app.listings import api, editing_routes, models, routes, seller_routes

# The modules of routes add theirs to one blueprint.
__all__ = ["editing_routes", "init_app", "models", "seller_routes"]


def init_app(app: Flask) -> None:
    app.register_blueprint(routes.bp)
    app.register_blueprint(api.bp)
