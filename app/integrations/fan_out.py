"""From what happened to whom it is told: a row for each message and endpoint that wants it.

Looks at messages that have no mark yet, as the event stream does, but with a mark of its own,
because it goes on while Redis is away. A purchase does nothing for it.
"""

from collections import defaultdict

from sqlalchemy import select

from app.db import db, transaction
from app.integrations import audience
from app.integrations.models import EndpointStatus, WebhookDelivery, WebhookEndpoint
from app.outbox import following
from app.outbox.models import Message

BATCH = 100
MOST_BATCHES = 50


def fan_out_due() -> int:
    """Write down to whom what has no mark is to be sent. How often. Part of the schedule."""
    for_endpoints = 0
    for _ in range(MOST_BATCHES):
        waiting = following.any_not_fanned_out()
        db.session.rollback()
        if not waiting:
            break
        with transaction():
            messages = following.take_to_fan_out(BATCH)
            deliveries = _deliveries_of(messages)
            db.session.add_all(deliveries)
        for_endpoints += len(deliveries)
    return for_endpoints


def _deliveries_of(messages: list[Message]) -> list[WebhookDelivery]:
    messages = [message for message in messages if message.type in audience.FINDS]
    endpoints = _enabled_by_owner()
    if not endpoints or not messages:
        return []
    told = audience.audience_of(messages, list(endpoints))
    return [
        WebhookDelivery(endpoint_id=endpoint.id, message_id=message.id, role=role)
        for message in messages
        for owner_id, role in told[message.id].items()
        for endpoint in endpoints[owner_id]
        if message.type in endpoint.types and endpoint.created_at <= message.happened_at
    ]


def _enabled_by_owner() -> dict[int, list[WebhookEndpoint]]:
    by_owner: dict[int, list[WebhookEndpoint]] = defaultdict(list)
    for endpoint in db.session.scalars(
        select(WebhookEndpoint).where(WebhookEndpoint.status == EndpointStatus.ENABLED)
    ):
        by_owner[endpoint.owner_id].append(endpoint)
    return dict(by_owner)
