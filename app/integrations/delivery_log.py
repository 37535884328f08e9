"""What was sent to an endpoint, with every attempt, and sending it once more."""

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.exceptions import NotFound

from app import clock
from app.db import changed, db, transaction
from app.errors import Conflict
from app.integrations.models import DeliveryStatus, WebhookDelivery, WebhookEndpoint

PAGE_SIZE = 20
KEPT_FOR = timedelta(days=30)
BATCH = 500


def page_of(
    endpoint: WebhookEndpoint, after: int | None = None, size: int = PAGE_SIZE
) -> tuple[Sequence[WebhookDelivery], bool]:
    """The newest deliveries, or those before this one, with their attempts; whether more follow."""
    query = select(WebhookDelivery).filter_by(endpoint_id=endpoint.id)
    if after is not None:
        query = query.where(WebhookDelivery.id < after)
    query = query.order_by(WebhookDelivery.id.desc()).limit(size + 1)
    found = db.session.scalars(
        query.options(joinedload(WebhookDelivery.message), selectinload(WebhookDelivery.attempts))
    ).all()
    return found[:size], len(found) > size


def one_of(endpoint: WebhookEndpoint, delivery_id: int) -> WebhookDelivery:
    """This delivery. NotFound unless it goes to this endpoint."""
    found = db.session.scalar(
        select(WebhookDelivery).filter_by(id=delivery_id, endpoint_id=endpoint.id)
    )
    if found is None:
        raise NotFound
    return found


def send_again(endpoint: WebhookEndpoint, delivery_id: int) -> WebhookDelivery:
    """Send it now, whatever became of it. Conflict while the endpoint is switched off."""
    found = one_of(endpoint, delivery_id)
    if not endpoint.is_enabled:
        raise Conflict(_("Switch this endpoint on first. Nothing is sent to it now."))
    found.status = DeliveryStatus.PENDING
    found.tries, found.next_try_at = 0, clock.now()
    db.session.flush()
    return found


def forget_old() -> int:
    """Delete what was sent, or given up, a month ago. How many. Part of the schedule."""
    old = (
        select(WebhookDelivery.id)
        .where(
            WebhookDelivery.created_at <= clock.now() - KEPT_FOR,
            WebhookDelivery.status != DeliveryStatus.PENDING,
        )
        .limit(BATCH)
    )
    ids = db.session.scalars(old).all()
    db.session.rollback()
    if not ids:
        return 0
    with transaction():
        return changed(delete(WebhookDelivery).where(WebhookDelivery.id.in_(ids)))
