"""The catalog: which events there are, and where."""

from flask import Flask

from app.catalog import api, commands, models, routes

__all__ = ["init_app", "models"]


def init_app(app: Flask) -> None:
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(api.bp)
    app.cli.add_command(commands.import_events)
