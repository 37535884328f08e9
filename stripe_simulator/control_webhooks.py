"""The control API for webhooks: endpoints, and deliveries that are held, repeated, shuffled,
dropped or forged.
"""

from __future__ import annotations

from typing import Any, Literal

from flask import Blueprint, Flask
from pydantic import Field

from stripe_simulator.control import Command, answer_refusal, read
from stripe_simulator.errors import ApiError
from stripe_simulator.simulator import Simulator


class SetEndpoint(Command):
    url: str
    secrets: list[str] = Field(min_length=1)
    enabled_events: list[str] = ["*"]


class Release(Command):
    """`order`: created, reversed, shuffled (by `seed`), or the event ids in the wanted order."""

    order: Literal["created", "reversed", "shuffled"] | list[str] = "created"
    seed: int | None = None


class Repeat(Command):
    times: int = Field(ge=1, le=100)


class Drop(Command):
    """Drop what is pending, or, with `next`, the next so many events of these types instead."""

    types: list[str] = ["*"]
    next: int | None = Field(default=None, ge=1)


class Deliver(Command):
    """Send an event now. `secret` and `timestamp` make a wrong or an old signature."""

    times: int = Field(default=1, ge=1, le=100)
    secret: str | None = None
    timestamp: int | None = None


class Wait(Command):
    timeout: float = Field(default=10, ge=0, le=60)


def register(app: Flask, simulator: Simulator) -> None:
    """Serve the part of the control API that is about webhooks."""
    blueprint = Blueprint("control_webhooks", __name__, url_prefix="/_sim")
    blueprint.register_error_handler(ApiError, answer_refusal)
    courier = simulator.courier

    @blueprint.get("/webhooks")
    def show() -> dict[str, Any]:
        return {
            "endpoints": simulator.store.find("webhook_endpoint"),
            "plan": courier.plan(),
            "pending": courier.pending(),
            "deliveries": simulator.store.find("delivery"),
        }

    @blueprint.post("/webhooks/endpoints")
    def set_endpoint() -> dict[str, Any]:
        command = read(SetEndpoint)
        try:
            return courier.add_endpoint(command.url, command.secrets, command.enabled_events)
        except ValueError as error:
            raise ApiError(str(error)) from None

    @blueprint.delete("/webhooks/endpoints/<endpoint_id>")
    def remove_endpoint(endpoint_id: str) -> dict[str, Any]:
        simulator.store.delete("webhook_endpoint", endpoint_id)
        return {}

    @blueprint.post("/webhooks/hold")
    def hold() -> dict[str, Any]:
        courier.hold()
        return courier.plan()

    @blueprint.post("/webhooks/release")
    def release() -> dict[str, Any]:
        command = read(Release)
        courier.release(command.order, command.seed)
        return courier.plan()

    @blueprint.post("/webhooks/repeat")
    def repeat() -> dict[str, Any]:
        courier.repeat(read(Repeat).times)
        return courier.plan()

    @blueprint.post("/webhooks/drop")
    def drop() -> dict[str, Any]:
        command = read(Drop)
        if command.next is None:
            return {"dropped": courier.drop_pending(command.types)}
        courier.drop_next(command.next, command.types)
        return courier.plan()

    @blueprint.post("/webhooks/wait")
    def wait() -> dict[str, Any]:
        return {"idle": courier.wait_until_idle(read(Wait).timeout)}

    @blueprint.post("/events/<event_id>/deliver")
    def deliver(event_id: str) -> dict[str, Any]:
        command = read(Deliver)
        event = simulator.store.get("event", event_id)
        if event is None:
            raise ApiError(f"No such event: {event_id}", status=404)
        statuses: list[int | None] = []
        for _ in range(command.times):
            statuses += courier.deliver_now(
                event, secret=command.secret, timestamp=command.timestamp
            )
        return {"statuses": statuses}

    app.register_blueprint(blueprint)
