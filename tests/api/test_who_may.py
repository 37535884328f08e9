"""Each operation of the API, tried by everybody: who is let in, and who hears nothing."""

import re
from dataclasses import dataclass
from typing import Any

import pytest

from app.api import PREFIX
from app.api.document import operations
from app.db import transaction
from app.integrations import endpoints
from app.integrations.models import WebhookDelivery
from app.orders import reservation
from app.outbox.models import Message
from tests.support.programs import Program

EVERYBODY = ("nobody", "stranger", "buyer", "seller", "admin")
WITH_TOKEN = EVERYBODY[1:]


@dataclass(frozen=True)
class Door:
    """An operation, and who comes in. Others hear 401 without a token, and 404 with one."""

    method: str
    path: str
    opens_to: tuple[str, ...]
    json: Any = None
    headers: tuple[tuple[str, str], ...] = ()


# Refused for it, at the earliest, is who came in.
WRONG: dict[str, Any] = {"unknown": 1}
DOORS = [
    Door("POST", "/users", EVERYBODY, json=WRONG),
    Door("POST", "/tokens", EVERYBODY, json=WRONG),
    Door("POST", "/tokens/refresh", EVERYBODY, json=WRONG),
    Door("DELETE", "/tokens/current", WITH_TOKEN),
    Door("GET", "/users/me", WITH_TOKEN),
    Door("PATCH", "/users/me", WITH_TOKEN, json=WRONG),
    Door("PUT", "/users/me/password", WITH_TOKEN, json=WRONG),
    Door("GET", "/users/me/listings", WITH_TOKEN),
    Door("GET", "/events", EVERYBODY),
    Door("GET", "/events/{event}", EVERYBODY),
    Door("POST", "/events", WITH_TOKEN, json=WRONG),
    Door("GET", "/venues", EVERYBODY),
    Door("GET", "/listings", EVERYBODY),
    Door("GET", "/listings/{listing}", EVERYBODY),
    Door("POST", "/listings", WITH_TOKEN, json=WRONG),
    Door("PATCH", "/listings/{listing}", ("seller",), json={}, headers=(("If-Match", '"x"'),)),
    Door("DELETE", "/listings/{listing}", ("seller",), headers=(("If-Match", '"x"'),)),
    Door("POST", "/orders", WITH_TOKEN, json=WRONG),
    Door("GET", "/orders", WITH_TOKEN),
    Door("GET", "/orders/{order}", ("buyer",)),
    Door("DELETE", "/orders/{order}", ("buyer",)),
    Door("POST", "/orders/{order}/checkout", ("buyer",)),
    Door("GET", "/webhook-endpoints", WITH_TOKEN),
    Door("POST", "/webhook-endpoints", WITH_TOKEN, json=WRONG),
    Door("GET", "/webhook-endpoints/{endpoint}", ("seller",)),
    Door("PATCH", "/webhook-endpoints/{endpoint}", ("seller",), json={}),
    Door("GET", "/webhook-endpoints/{endpoint}/deliveries", ("seller",)),
    Door("POST", "/webhook-endpoints/{endpoint}/secret", ("seller",)),
    Door("POST", "/webhook-endpoints/{endpoint}/deliveries/{delivery}/resend", ("seller",)),
    Door("DELETE", "/webhook-endpoints/{endpoint}", ("seller",)),
]


@pytest.fixture
def environ(simulator_url):
    return {"STRIPE_API_BASE": simulator_url, "STRIPE_SECRET_KEY": "sk_test_ticketbay"}


@pytest.fixture
def things(db, listing, buyer, seller):
    """Something of everybody's to knock at."""
    with transaction():
        order = reservation.reserve(listing.id, buyer.id, 1, None)
        endpoint = endpoints.register(seller.id, "https://example.org/hook", ["order.reserved"])
        message = db.session.scalars(db.select(Message)).first()
        delivery = WebhookDelivery(endpoint_id=endpoint.id, message_id=message.id, role="seller")
        db.session.add(delivery)
    return {
        "event": listing.event_id,
        "listing": listing.id,
        "order": order.public_id,
        "endpoint": endpoint.id,
        "delivery": delivery.id,
    }


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.method} {door.path}")
def test_who_may(app, request, things, door):
    path = door.path.format(**things)
    for name in EVERYBODY:
        user = None if name == "nobody" else request.getfixturevalue(name)
        answer = Program(app, user).call(
            door.method, path, json=door.json, headers=dict(door.headers)
        )
        if name in door.opens_to:
            assert answer.status_code not in (401, 403, 404, 405), name
            assert answer.status_code < 500, name
        else:
            assert answer.status_code == (401 if user is None else 404), name


def test_every_operation_is_tried(app):
    known = {(door.method, _shape(door.path)) for door in DOORS}
    there = {
        (method, _shape(rule.rule.removeprefix(PREFIX)))
        for rule, _ in operations(app)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert there == known


def _shape(path: str) -> str:
    """`/orders/*` for `/orders/{order}` and for `/orders/<public_id:public_id>`."""
    return re.sub(r"[{<][^}>]*[}>]", "*", path)
