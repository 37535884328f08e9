"""Payments: Stripe Checkout, without losing money or tickets."""

from flask import Flask

from app.config import settings
from app.payments import api, commands, demo, gateway, routes

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    with app.app_context():
        gateway.init_app(app, settings())
    app.register_blueprint(routes.bp)
    app.register_blueprint(api.bp)
    commands.init_app(app)
    app.cli.add_command(demo.seed_demo)
