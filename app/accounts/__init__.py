"""Accounts: who somebody is, and how they prove it."""

from flask import Flask

from app.accounts import (
    access,
    api,
    commands,
    models,
    routes,
    seller_routes,
    session_routes,
    sessions,
)

# The modules of routes add theirs to one blueprint.
__all__ = ["access", "init_app", "models", "seller_routes", "session_routes"]


def init_app(app: Flask) -> None:
    sessions.init_app(app)
    app.register_blueprint(routes.bp)
    app.register_blueprint(api.bp)
    commands.init_app(app)
