"""Webhooks for programs: endpoints, their secrets, and what was sent."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from flask import url_for
from pydantic import Field, model_validator

from app.accounts.access import bearer, caller
from app.api import Answer, Input, Output, api_blueprint, operation
from app.api.lists import cursor_of, position_of
from app.api.schemas import Id, Items, ListQuery, Text, Time, choice_of, unsent
from app.db import transaction
from app.integrations import delivery_log, endpoints, throttling
from app.integrations.audience import TYPES
from app.integrations.models import (
    DeliveryStatus,
    DisabledReason,
    EndpointStatus,
    WebhookDelivery,
    WebhookEndpoint,
)
from app.integrations.outgoing import LONGEST_URL, Trouble

bp = api_blueprint("webhooks", __name__)

ORDER = "deliveries"

Address = Annotated[
    Text,
    Field(
        max_length=LONGEST_URL,
        description="Begins with https:// and answers with a status from 200 to 299.",
        examples=["https://example.org/webhooks"],
    ),
]
Types = Annotated[
    list[Literal[TYPES]],  # type: ignore[valid-type]
    Field(min_length=1, max_length=len(TYPES), examples=[["order.reserved", "order.completed"]]),
]
Status = Annotated[EndpointStatus, choice_of(EndpointStatus)]


class NewEndpoint(Input):
    url: Address
    types: Types = Field(description="Which events are sent.")


class EndpointChanges(Input):
    """What is left out stays."""

    url: Address = unsent()
    types: Types = unsent()
    status: Status = unsent()


class Endpoint(Output):
    """Where you are told what concerns you."""

    id: Id
    url: str = Field(examples=["https://example.org/webhooks"])
    types: Sequence[str] = Field(examples=[["order.reserved", "order.completed"]])
    status: Status
    disabled_reason: Annotated[DisabledReason, choice_of(DisabledReason)] | None
    disabled_at: Time | None
    last_success_at: Time | None
    created_at: Time


class EndpointWithSecret(Endpoint):
    """The endpoint, and the secret that messages to it are signed with. It is shown this once."""

    secret: str = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class Attempt(Output):
    """One try: the status that was answered, or why there was none."""

    at: Time
    status_code: int | None = Field(examples=[204])
    trouble: Annotated[Trouble, choice_of(Trouble)] | None
    duration_ms: int


class Delivery(Output):
    """One event that is sent to an endpoint, and every try to do so."""

    id: Id
    event_id: str = Field(
        description="The webhook-id.", examples=["019b0f3c-6a4e-7cc1-a1c5-2f4e8d0b6a11"]
    )
    type: str = Field(examples=["order.reserved"])
    subject: str = Field(examples=["orders/4fGh7Kq2"])
    status: Annotated[DeliveryStatus, choice_of(DeliveryStatus)]
    created_at: Time
    attempts: Sequence[Attempt]

    @model_validator(mode="before")
    @classmethod
    def _of_row(cls, row: Any) -> Any:
        if not isinstance(row, WebhookDelivery):
            return row
        return {
            "id": row.id,
            "event_id": row.message_id,
            "type": row.message.type,
            "subject": row.message.subject,
            "status": row.status,
            "created_at": row.created_at,
            "attempts": row.attempts,
        }


class Endpoints(Items[Endpoint]):
    """All your endpoints. There are few, so they come on one page."""


class Deliveries(Items[Delivery]):
    """Deliveries, the newest first."""


@bp.post("/webhook-endpoints")
@bearer
@throttling.named_addresses
@operation(
    body=NewEndpoint,
    answers={201: EndpointWithSecret},
    problems=(409, 429),
    gives_location=True,
)
def create_webhook_endpoint(body: NewEndpoint) -> Answer:
    """Register an endpoint.

    It is told of what happens from now on and concerns you. Ten at most.
    """
    owner_id = caller().id
    endpoints.check_address(body.url)
    with transaction():
        endpoint = endpoints.register(owner_id, body.url, body.types)
        created = EndpointWithSecret.model_validate(endpoint)
    return Answer(created, headers={"Location": _address(created.id)})


@bp.get("/webhook-endpoints")
@bearer
@operation(answers={200: Endpoints})
def list_webhook_endpoints() -> Endpoints:
    """List your endpoints."""
    items = [Endpoint.model_validate(each) for each in endpoints.all_of(caller().id)]
    return Endpoints(items=items, next_cursor=None)


@bp.get("/webhook-endpoints/<id:endpoint_id>")
@bearer
@operation(answers={200: Endpoint})
def show_webhook_endpoint(endpoint_id: int) -> Endpoint:
    """Read an endpoint."""
    return Endpoint.model_validate(_mine(endpoint_id))


@bp.patch("/webhook-endpoints/<id:endpoint_id>")
@bearer
@throttling.named_addresses
@operation(body=EndpointChanges, answers={200: Endpoint}, problems=(429,))
def change_webhook_endpoint(endpoint_id: int, body: EndpointChanges) -> Endpoint:
    """Change an endpoint.

    `enabled` switches on again one that was disabled, for what happens from then on.
    """
    owner_id = _mine(endpoint_id).owner_id
    if body.url is not None:
        endpoints.check_address(body.url)
    with transaction():
        endpoint = endpoints.one_of(owner_id, endpoint_id)
        endpoints.change(endpoint, url=body.url, types=body.types)
        if body.status == EndpointStatus.ENABLED and not endpoint.is_enabled:
            endpoints.switch_on(endpoint)
        if body.status == EndpointStatus.DISABLED:
            endpoints.switch_off(endpoint, DisabledReason.OWNER)
        changed = Endpoint.model_validate(endpoint)
    return changed


@bp.delete("/webhook-endpoints/<id:endpoint_id>")
@bearer
@operation(answers={204: None})
def delete_webhook_endpoint(endpoint_id: int) -> None:
    """Delete an endpoint, and the log of what was sent to it."""
    owner_id = caller().id
    with transaction():
        endpoints.delete(endpoints.one_of(owner_id, endpoint_id))


@bp.post("/webhook-endpoints/<id:endpoint_id>/secret")
@bearer
@operation(answers={201: EndpointWithSecret})
def rotate_webhook_secret(endpoint_id: int) -> EndpointWithSecret:
    """Rotate the secret.

    For a day messages are signed with both, so that your program can change over.
    """
    owner_id = caller().id
    with transaction():
        endpoint = endpoints.one_of(owner_id, endpoint_id)
        endpoints.rotate_secret(endpoint)
        rotated = EndpointWithSecret.model_validate(endpoint)
    return rotated


@bp.get("/webhook-endpoints/<id:endpoint_id>/deliveries")
@bearer
@operation(query=ListQuery, answers={200: Deliveries})
def list_webhook_deliveries(endpoint_id: int, query: ListQuery) -> Deliveries:
    """List what was sent to an endpoint, or is to be.

    It is kept for a month.
    """
    after = position_of(query.cursor, ORDER, 1)[0] if query.cursor else None
    found, more = delivery_log.page_of(_mine(endpoint_id), after, query.limit)
    items = [Delivery.model_validate(each) for each in found]
    return Deliveries(items=items, next_cursor=cursor_of(ORDER, items[-1].id) if more else None)


@bp.post("/webhook-endpoints/<id:endpoint_id>/deliveries/<id:delivery_id>/resend")
@bearer
@operation(answers={202: Delivery}, problems=(409,))
def resend_webhook_delivery(endpoint_id: int, delivery_id: int) -> Delivery:
    """Send an event again.

    Refused while the endpoint is disabled.
    """
    owner_id = caller().id
    with transaction():
        endpoint = endpoints.one_of(owner_id, endpoint_id)
        sent = Delivery.model_validate(delivery_log.send_again(endpoint, delivery_id))
    return sent


def _mine(endpoint_id: int) -> WebhookEndpoint:
    return endpoints.one_of(caller().id, endpoint_id)


def _address(endpoint_id: int) -> str:
    return url_for(".show_webhook_endpoint", endpoint_id=endpoint_id)
