"""The API under `/v1`: from request to answer.

A request is authenticated, checked against the contract, matched with its idempotency key, run into
a fault if a test armed one, and handled in one transaction with everything it changes and its
stored answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, request

from stripe_simulator import forms, parameters, timer
from stripe_simulator.endpoints import ENDPOINTS, Endpoint
from stripe_simulator.errors import (
    ApiError,
    ConnectionLost,
    key_in_use,
    server_trouble,
    too_many_requests,
)
from stripe_simulator.events import API_VERSION, current_request
from stripe_simulator.expand import expand
from stripe_simulator.faults import Fault
from stripe_simulator.idempotency import Reply
from stripe_simulator.ids import new_id
from stripe_simulator.journal import Entry
from stripe_simulator.oracles.requests import ParametersRefused
from stripe_simulator.simulator import Simulator

# Whoever meets these has not been served: Stripe does not store them under the key.
NOT_STORED = (409, 429)

NO_FAULT = Fault("hang")


@dataclass(frozen=True)
class Call:
    """One accepted request, ready to be handled."""

    endpoint: Endpoint
    ids: dict[str, str]
    params: dict[str, Any]
    # As they came: what the idempotency table compares.
    raw_params: dict[str, Any]
    entry: Entry

    @property
    def key(self) -> str | None:
        """The idempotency key, which only POST requests have."""
        return self.entry.idempotency_key if self.entry.method == "POST" else None

    @property
    def identity(self) -> tuple[str, str, dict[str, Any]]:
        """What makes two requests the same."""
        return self.entry.method, self.entry.path, self.raw_params


def register(app: Flask, simulator: Simulator) -> None:
    """Serve every endpoint of the table."""
    blueprint = Blueprint("api", __name__)
    for endpoint in ENDPOINTS:
        blueprint.add_url_rule(
            endpoint.path,
            endpoint=f"{endpoint.method} {endpoint.path}".replace(".", "_"),
            methods=[endpoint.method],
            view_func=_view(simulator, endpoint),
        )
    blueprint.add_url_rule(
        "/v1/<path:unknown>", view_func=_unknown_url, methods=["GET", "POST", "DELETE"]
    )
    app.register_blueprint(blueprint)


def _view(simulator: Simulator, endpoint: Endpoint) -> Callable[..., Response]:
    def view(**ids: str) -> Response:
        entry = Entry(
            request_id=new_id("req", 14),
            method=request.method,
            path=request.path,
            created=simulator.clock.now(),
            idempotency_key=request.headers.get("Idempotency-Key"),
        )
        simulator.journal.add(entry)
        try:
            _authenticate()
            call = _accept(endpoint, ids, entry)
            timer.tick(simulator)
            reply = _answer(simulator, call)
        except ApiError as error:
            reply = Reply(error.status, error.body())
        entry.status = reply.status
        entry.error_code = reply.body.get("error", {}).get("code")
        entry.replayed = reply.is_replay
        return _response(reply, entry)

    return view


def _authenticate() -> None:
    credentials = request.authorization
    key = ""
    if credentials:
        key = credentials.token or credentials.get("username") or ""
    if key.startswith("sk_test_") and len(key) > len("sk_test_"):
        return
    if not key:
        raise ApiError(
            "You did not provide an API key. Send `Authorization: Bearer sk_test_...`.", status=401
        )
    if "_live_" in key:
        raise ApiError(
            "This is a simulator on your machine and a live key must never be sent to it. "
            "Use a key that begins with sk_test_.",
            status=401,
        )
    raise ApiError(
        f"Invalid API Key provided: {key[:8]}***. "
        "The simulator takes keys that begin with sk_test_.",
        status=401,
    )


def _accept(endpoint: Endpoint, ids: dict[str, str], entry: Entry) -> Call:
    version = request.headers.get("Stripe-Version", API_VERSION)
    if version != API_VERSION:
        raise ApiError(
            f"Invalid Stripe API version: {version}. The simulator speaks {API_VERSION}."
        )
    source = request.form if request.method == "POST" else request.args
    raw = forms.nested(source.items(multi=True))
    entry.params = raw
    try:
        params = parameters.check(endpoint.contract, raw)
    except ParametersRefused as refused:
        entry.violations = [f"{v.param}: {v.message}" for v in refused.violations]
        raise parameters.complaint(refused) from None
    return Call(endpoint, ids, params, raw, entry)


def _answer(simulator: Simulator, call: Call) -> Reply:
    if call.key is None:
        return _execute(simulator, call)
    with simulator.idempotency.claim(call.key, *call.identity) as replay:
        return replay or _execute(simulator, call)


def _execute(simulator: Simulator, call: Call) -> Reply:
    armed = simulator.faults.take(call.entry.method, call.entry.path)
    call.entry.fault = armed.kind if armed else None
    fault = armed or NO_FAULT
    if simulator.closing.wait(fault.seconds):
        raise ConnectionLost
    if fault.kind == "409":
        raise key_in_use(call.key or "")
    if fault.kind == "429":
        raise too_many_requests()
    if fault.kind == "reset":
        raise ConnectionLost
    if fault.kind == "500":
        reply = Reply(500, server_trouble().body())
        _remember(simulator, call, reply)
        return reply
    reply = _work(simulator, call, loses_answer=fault.kind == "500_after_work")
    if fault.kind == "lost_reply":
        raise ConnectionLost
    return reply


def _work(simulator: Simulator, call: Call, *, loses_answer: bool) -> Reply:
    """Do it and store the answer, in one transaction. A refusal undoes everything, and is stored as
    well.
    """
    caused_by = {"id": call.entry.request_id, "idempotency_key": call.key}
    token = current_request.set(caused_by)
    try:
        with simulator.store.transaction():
            document = call.endpoint.handler(simulator, call.params, *call.ids.values())
            reply = Reply(200, expand(simulator, document, call.params.get("expand", [])))
            if loses_answer:
                reply = Reply(500, server_trouble().body())
            _remember(simulator, call, reply)
    except ApiError as error:
        reply = Reply(error.status, error.body())
        _remember(simulator, call, reply)
    finally:
        current_request.reset(token)
    return reply


def _remember(simulator: Simulator, call: Call, reply: Reply) -> None:
    if call.key is not None and reply.status not in NOT_STORED:
        simulator.idempotency.remember(call.key, *call.identity, reply, call.entry.request_id)


def _response(reply: Reply, entry: Entry) -> Response:
    response = jsonify(reply.body)
    response.status_code = reply.status
    response.headers["Request-Id"] = entry.request_id
    response.headers["Stripe-Version"] = API_VERSION
    if entry.idempotency_key:
        response.headers["Idempotency-Key"] = entry.idempotency_key
    if reply.is_replay:
        response.headers["Idempotent-Replayed"] = "true"
        response.headers["Original-Request"] = reply.original_request or ""
    if reply.status == 500 and entry.method == "POST":
        # A retry under the same key would only get the stored 500 again.
        response.headers["Stripe-Should-Retry"] = "false"
    return response


def _unknown_url(unknown: str) -> Response:
    error = ApiError(
        f"Unrecognized request URL ({request.method}: {request.path}). "
        "The simulator does not have it.",
        status=404,
    )
    response = jsonify(error.body())
    response.status_code = error.status
    response.headers["Request-Id"] = new_id("req", 14)
    return response
