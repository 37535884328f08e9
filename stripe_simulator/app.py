"""The web application: the API, the payment page and the control API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider

from stripe_simulator import api, control, control_webhooks, hosted_page
from stripe_simulator.errors import ConnectionLost
from stripe_simulator.simulator import Simulator


def create_app(simulator: Simulator) -> Flask:
    """The application that serves one simulated account."""
    app = Flask(__name__, static_folder=None)
    assert isinstance(app.json, DefaultJSONProvider)
    app.json.sort_keys = False  # `id` and `object` come first, as Stripe has it
    api.register(app, simulator)
    hosted_page.register(app, simulator)
    control.register(app, simulator)
    control_webhooks.register(app, simulator)
    app.register_error_handler(ConnectionLost, _cut_connection)
    return app


class _CutConnection(Response):
    """An answer that never arrives: the server drops the connection when this is raised while
    answering.
    """

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        raise ConnectionResetError("cut on purpose")


def _cut_connection(error: ConnectionLost) -> Response:
    return _CutConnection()
