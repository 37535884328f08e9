"""Webhook endpoints: where users want to be told what concerns them."""

import base64
import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from werkzeug.exceptions import NotFound

from app import clock
from app.accounts.models import User
from app.db import db, lock
from app.errors import Conflict, Invalid
from app.integrations import outgoing
from app.integrations.audience import TYPES
from app.integrations.domain_events import EndpointDisabled
from app.integrations.models import (
    DeliveryStatus,
    DisabledReason,
    EndpointStatus,
    WebhookDelivery,
    WebhookEndpoint,
)
from app.outbox.recording import record

MOST_ENDPOINTS = 10
OLD_SECRET_SIGNS_FOR = timedelta(hours=24)


def check_address(url: str) -> None:
    """Invalid if nothing can be sent there. It asks for the host, so never in a transaction."""
    try:
        outgoing.client().check(url)
    except outgoing.NoAddress:
        raise Invalid(
            _("Enter an address such as https://example.org/webhooks."), field="url"
        ) from None
    except outgoing.NotAnswered as error:
        if error.trouble == outgoing.Trouble.UNKNOWN:
            raise Invalid(_("Nobody knows this host. Check its name."), field="url") from None
        raise Invalid(
            _("Nothing is sent to private or local addresses. Choose a public one."), field="url"
        ) from None


def register(owner_id: int, url: str, types: Sequence[str]) -> WebhookEndpoint:
    """A new endpoint, told from now on. Its address has been checked.

    Invalid for an unknown type or none, Conflict if they have as many as they may.
    """
    types = _checked(types)
    lock(User, owner_id)
    count = select(func.count()).select_from(WebhookEndpoint).filter_by(owner_id=owner_id)
    if (db.session.scalar(count) or 0) >= MOST_ENDPOINTS:
        raise Conflict(
            _("You have %(num)s endpoints. Delete one of them first.", num=MOST_ENDPOINTS)
        )
    endpoint = WebhookEndpoint(owner_id=owner_id, url=url, types=types, secret=_new_secret())
    db.session.add(endpoint)
    db.session.flush()
    return endpoint


def all_of(owner_id: int) -> Sequence[WebhookEndpoint]:
    """Their endpoints, in the order in which they made them."""
    return db.session.scalars(
        select(WebhookEndpoint).filter_by(owner_id=owner_id).order_by(WebhookEndpoint.id)
    ).all()


def one_of(owner_id: int, endpoint_id: int) -> WebhookEndpoint:
    """This endpoint. NotFound unless it is theirs."""
    endpoint = db.session.scalar(
        select(WebhookEndpoint).filter_by(id=endpoint_id, owner_id=owner_id)
    )
    if endpoint is None:
        raise NotFound
    return endpoint


def change(
    endpoint: WebhookEndpoint, *, url: str | None = None, types: Sequence[str] | None = None
) -> None:
    """Another address, which has been checked, or other types. What is None stays."""
    if types is not None:
        endpoint.types = _checked(types)
    if url is not None:
        endpoint.url = url
    db.session.flush()


def rotate_secret(endpoint: WebhookEndpoint) -> str:
    """A new secret. For a day the one before signs, too, so that nothing is refused meanwhile."""
    endpoint.old_secret = endpoint.secret
    endpoint.old_secret_until = clock.now() + OLD_SECRET_SIGNS_FOR
    endpoint.secret = _new_secret()
    db.session.flush()
    return endpoint.secret


def secrets_of(endpoint: WebhookEndpoint) -> tuple[str, ...]:
    """What a message to it is signed with now."""
    until = endpoint.old_secret_until
    if endpoint.old_secret and until and clock.now() < until:
        return endpoint.secret, endpoint.old_secret
    return (endpoint.secret,)


def switch_on(endpoint: WebhookEndpoint) -> None:
    """Send to it again what happens from now on."""
    endpoint.status = EndpointStatus.ENABLED
    endpoint.disabled_at = endpoint.disabled_reason = None
    endpoint.tries, endpoint.next_try_at = 0, clock.now()
    db.session.flush()


def switch_off(endpoint: WebhookEndpoint, reason: DisabledReason) -> None:
    """Send nothing to it any more, nor what still waits. Told to its owner, unless it was them."""
    if not endpoint.is_enabled:
        return
    endpoint.status = EndpointStatus.DISABLED
    endpoint.disabled_at, endpoint.disabled_reason = clock.now(), reason
    db.session.flush()
    db.session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id == endpoint.id,
            WebhookDelivery.status == DeliveryStatus.PENDING,
        )
        .values(status=DeliveryStatus.FAILED)
    )
    if reason != DisabledReason.OWNER:
        record(EndpointDisabled(endpoint_id=endpoint.id, reason=reason))


def delete(endpoint: WebhookEndpoint) -> None:
    """It is gone, and so is the log of what was sent to it."""
    db.session.delete(endpoint)
    db.session.flush()


def _checked(types: Sequence[str]) -> list[str]:
    if not types:
        raise Invalid(_("Choose at least one type."), field="types")
    unknown = [name for name in types if name not in TYPES]
    if unknown:
        raise Invalid(_("There is no type %(name)s.", name=unknown[0]), field="types")
    return [name for name in TYPES if name in types]


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
