"""Events: what happened, as webhooks and the list of events tell it."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from stripe._api_version import _ApiVersion

from stripe_simulator.ids import new_id
from stripe_simulator.simulator import Simulator

API_VERSION = _ApiVersion.CURRENT

# The API request that is being handled, which its events name. What a buyer or the bank does has
# none.
NO_REQUEST = {"id": None, "idempotency_key": None}
current_request: ContextVar[dict[str, Any]] = ContextVar("current_request", default=NO_REQUEST)


def emit(
    simulator: Simulator,
    event_type: str,
    subject: dict[str, Any],
    previous: dict[str, Any] | None = None,
) -> None:
    """Record that something happened to `subject`, as it now is, and hand it to the courier.

    `previous` holds the former values of changed fields. Call it in the transaction of the change.
    """
    data: dict[str, Any] = {"object": subject}
    if previous is not None:
        data["previous_attributes"] = previous
    event = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": simulator.clock.now(),
        "data": data,
        "livemode": subject.get("livemode", False),
        "pending_webhooks": 0,
        "request": current_request.get(),
        "type": event_type,
    }
    event["pending_webhooks"] = simulator.courier.enqueue(event)
    simulator.store.put("event", event)
