"""Telling the reactions what happened: at least once each, in order per subject."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from flask import Flask, current_app
from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from app import claims, clock
from app.db import db, transaction
from app.outbox.models import Delivery, DeliveryStatus, Message

log = logging.getLogger(__name__)

# A reaction takes the message and runs outside any transaction; it opens its own.
# It may be told twice, so what it does must be safe to repeat.
Reaction = Callable[[Message], object]

LEASE = timedelta(seconds=90)
LONGEST_WAIT = timedelta(minutes=10)
BATCH = 100


def init_app(app: Flask, table: Mapping[str, Sequence[Reaction]]) -> None:
    """Register who reacts to which type of event."""
    app.extensions["reactions"] = table


def deliver_due() -> int:
    """Tell every reaction what it has not been told yet. The number of messages told.

    Part of the sweep. A reaction that fails is put off, with its subject and no other.
    """
    told = 0
    for delivery_id in _due():
        told += _deliver(delivery_id)
    return told


def deliver_subject(subject: str) -> int:
    """The same for one subject, right after something happened to it."""
    told = 0
    for delivery_id in _due(subject):
        told += _deliver(delivery_id)
    return told


def reactions_to(event_type: str) -> Sequence[Reaction]:
    """Who wants to be told of this type of domain event, such as `order.closing`."""
    return current_app.extensions["reactions"].get(event_type, ())


def name_of(reaction: Reaction) -> str:
    """`payments.finish_closing` for app/payments/reactions.py: what is stored, so never renamed."""
    feature = reaction.__module__.split(".")[-2]
    return f"{feature}.{reaction.__name__}"


def _due(subject: str | None = None) -> list[int]:
    earlier = aliased(Delivery)
    blocked = (
        select(earlier.id)
        .where(
            earlier.reaction == Delivery.reaction,
            earlier.subject == Delivery.subject,
            earlier.status == DeliveryStatus.PENDING,
            earlier.id < Delivery.id,
            earlier.next_try_at > clock.now(),
        )
        .exists()
    )
    query = (
        select(Delivery.id)
        .where(
            Delivery.status == DeliveryStatus.PENDING,
            Delivery.next_try_at <= clock.now(),
            ~blocked,
        )
        .order_by(Delivery.id)
        .limit(BATCH)
    )
    if subject is not None:
        query = query.where(Delivery.subject == subject)
    ids = list(db.session.scalars(query))
    db.session.rollback()
    return ids


def _deliver(delivery_id: int) -> bool:
    """Claim one delivery, tell its reaction, and mark it done. False if it was not our turn."""
    with transaction():
        delivery = db.session.get_one(Delivery, delivery_id)
        if not _claim(delivery):
            return False
        message = delivery.message
        db.session.expunge_all()
    try:
        reaction = _reaction_named(delivery.reaction, message.type)
        if reaction is not None:
            reaction(message)
    except Exception:
        log.exception("reaction %s to %s failed", delivery.reaction, message.id)
        db.session.rollback()
        with transaction():
            claims.put_off(
                Delivery,
                delivery_id,
                Delivery.status == DeliveryStatus.PENDING,
                longest=LONGEST_WAIT,
            )
        return False
    with transaction():
        db.session.execute(
            update(Delivery).where(Delivery.id == delivery_id).values(status=DeliveryStatus.DONE)
        )
    return True


def _claim(delivery: Delivery) -> bool:
    """Whether the delivery is ours now: it is due, and nothing earlier waits before it."""
    earlier = aliased(Delivery)
    nothing_before = ~(
        select(earlier.id)
        .where(
            earlier.reaction == delivery.reaction,
            earlier.subject == delivery.subject,
            earlier.status == DeliveryStatus.PENDING,
            earlier.id < delivery.id,
        )
        .exists()
    )
    return claims.claim(
        Delivery,
        delivery.id,
        Delivery.status == DeliveryStatus.PENDING,
        nothing_before,
        lease=LEASE,
    )


def _reaction_named(name: str, event_type: str) -> Reaction | None:
    for reaction in reactions_to(event_type):
        if name_of(reaction) == name:
            return reaction
    log.warning("nobody is called %s any more; its messages are dropped", name)
    return None
