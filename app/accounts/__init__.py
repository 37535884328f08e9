"""Accounts: who somebody is, and how they prove it."""

from flask import Flask

from app.accounts import access, commands, models, routes, sessions

__all__ = ["access", "init_app", "models"]


def init_app(app: Flask) -> None:
    sessions.init_app(app)
    app.register_blueprint(routes.bp)
    commands.init_app(app)
