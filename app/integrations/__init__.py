"""Others who follow what happens here: the event stream, and webhooks of users."""

from flask import Flask

from app.config import Settings
from app.integrations import api, outgoing, routes, sending, stream


def init_app(app: Flask, settings: Settings) -> None:
    stream.init_app(app, settings)
    outgoing.init_app(app, settings)
    sending.init_app(app)
    app.register_blueprint(routes.bp)
    app.register_blueprint(api.bp)
