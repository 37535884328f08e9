"""Orders: from the moment a buyer reserves until the order is closed."""

from flask import Flask

from app.orders import api, models, routes

__all__ = ["init_app", "models"]


def init_app(app: Flask) -> None:
    app.register_blueprint(routes.bp)
    app.register_blueprint(api.bp)
