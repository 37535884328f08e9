"""Legal footing: who runs the site, and what visitors, buyers and sellers must be told."""

from flask import Flask

from app.legal import commands, routes

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    app.register_blueprint(routes.bp)
    commands.init_app(app)
