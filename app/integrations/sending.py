"""Sending webhooks: at least once each, signed, for a day, without anybody waiting for anybody.

A lane of the worker claims endpoints to which something is due, and hands each with what it gets
to a thread of its own; threads know addresses and texts, and only the lane asks the database.
What became of it is written down by the lane when the thread is done, now or a second later.

A slow endpoint keeps one thread, for ANSWER_SECONDS a message and BUDGET_SECONDS in all. Then it
pauses, up to a minute, and while it fails it shares a few threads with the others that do. Of
one owner at most two are served at a time. So whoever answers is served within a second or two,
and orders and payments, which have lanes of their own, notice nothing.

Whether a message went through is decided by the status alone. What a worker had claimed when it
died is sent again by the next: receivers skip a `webhook-id` that they know.
"""

import json
import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask, current_app
from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload
from standardwebhooks import Webhook

from app import claims, clock
from app.config import settings
from app.db import db, lock, transaction
from app.integrations import audience, endpoints, outgoing
from app.integrations.models import (
    DeliveryStatus,
    DisabledReason,
    EndpointStatus,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)

log = logging.getLogger(__name__)

# After each attempt that failed, as Standard Webhooks advises: a day and a few hours in all.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)
SENDERS, SENDERS_TO_FAILING, SENDERS_OF_AN_OWNER = 8, 4, 2
LETTERS = 20  # at most, in one go
BUDGET_SECONDS = 10
LEASE = timedelta(seconds=90)
LONGEST_PAUSE = timedelta(minutes=1)
PATIENCE_SECONDS = 0.8
GONE = 410


@dataclass(frozen=True)
class Letter:
    """One message as this endpoint gets it."""

    delivery_id: int
    message_id: str
    body: str


@dataclass(frozen=True)
class Parcel:
    """What a thread needs to send to one endpoint."""

    endpoint_id: int
    owner_id: int
    url: str
    secrets: tuple[str, ...]
    letters: Sequence[Letter]
    user_agent: str


@dataclass(frozen=True)
class Result:
    """What became of one letter: a status, or a reason why there is none."""

    delivery_id: int
    at: datetime
    status_code: int | None
    trouble: str | None
    duration_ms: int

    @property
    def is_success(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300


class Sender(threading.Thread):
    """Sends one parcel. A daemon, because a worker that ends waits for nobody's server."""

    def __init__(self, parcel: Parcel, client: outgoing.Outgoing, *, is_failing: bool):
        super().__init__(name=f"webhooks-{parcel.endpoint_id}", daemon=True)
        self.parcel = parcel
        self.client = client
        self.is_failing = is_failing
        self.results: list[Result] = []

    def run(self) -> None:
        """Stops after the first letter that does not arrive. Asks no database."""
        began = time.monotonic()
        for letter in self.parcel.letters:
            self.results.append(_post(self.parcel, letter, self.client))
            if not self.results[-1].is_success or time.monotonic() - began > BUDGET_SECONDS:
                break


def init_app(app: Flask) -> None:
    app.extensions["webhook_senders"] = []


def send_due(patience_seconds: float = PATIENCE_SECONDS) -> int:
    """Send what is due to as many endpoints as there are threads. How many messages arrived.

    Part of the schedule. Whoever has not answered when the patience is over is asked about it
    the next time.
    """
    senders: list[Sender] = current_app.extensions["webhook_senders"]
    arrived = _write_down(senders)
    _hand_out(senders)
    until = time.monotonic() + patience_seconds
    for sender in senders:
        sender.join(max(0.0, until - time.monotonic()))
    return arrived + _write_down(senders)


def _hand_out(senders: list[Sender]) -> None:
    for endpoint_id, owner_id, tries in _due_endpoints():
        if not _is_room_for(senders, owner_id, is_failing=bool(tries)):
            continue
        if parcel := _claim(endpoint_id):
            sender = Sender(parcel, outgoing.client(), is_failing=bool(tries))
            senders.append(sender)
            sender.start()


def _is_room_for(senders: Sequence[Sender], owner_id: int, *, is_failing: bool) -> bool:
    of_owner = sum(sender.parcel.owner_id == owner_id for sender in senders)
    alike = sum(sender.is_failing == is_failing for sender in senders)
    most = SENDERS_TO_FAILING if is_failing else SENDERS
    return of_owner < SENDERS_OF_AN_OWNER and alike < most


def _due_endpoints() -> Sequence[tuple[int, int, int]]:
    something = exists().where(
        WebhookDelivery.endpoint_id == WebhookEndpoint.id,
        WebhookDelivery.status == DeliveryStatus.PENDING,
        WebhookDelivery.next_try_at <= clock.now(),
    )
    rows = db.session.execute(
        select(WebhookEndpoint.id, WebhookEndpoint.owner_id, WebhookEndpoint.tries)
        .where(
            WebhookEndpoint.status == EndpointStatus.ENABLED,
            WebhookEndpoint.next_try_at <= clock.now(),
            something,
        )
        .order_by(WebhookEndpoint.next_try_at, WebhookEndpoint.id)
        .limit(200)
    ).all()
    db.session.rollback()
    return [(row.id, row.owner_id, row.tries) for row in rows]


def _claim(endpoint_id: int) -> Parcel | None:
    """What is due to the endpoint, if nobody else is sending to it."""
    enabled = WebhookEndpoint.status == EndpointStatus.ENABLED
    with transaction():
        if not claims.claim(WebhookEndpoint, endpoint_id, enabled, lease=LEASE):
            return None
        endpoint = db.session.get_one(WebhookEndpoint, endpoint_id)
        due = db.session.scalars(
            select(WebhookDelivery)
            .where(
                WebhookDelivery.endpoint_id == endpoint_id,
                WebhookDelivery.status == DeliveryStatus.PENDING,
                WebhookDelivery.next_try_at <= clock.now(),
            )
            .options(joinedload(WebhookDelivery.message))
            .order_by(WebhookDelivery.next_try_at, WebhookDelivery.id)
            .limit(LETTERS)
        )
        return Parcel(
            endpoint_id=endpoint.id,
            owner_id=endpoint.owner_id,
            url=endpoint.url,
            secrets=endpoints.secrets_of(endpoint),
            letters=[Letter(each.id, each.message_id, _body(each)) for each in due],
            user_agent=f"ticketbay-webhooks (+{settings().public_url})",
        )


def _body(delivery: WebhookDelivery) -> str:
    message = delivery.message
    return json.dumps(
        {
            "type": message.type,
            "timestamp": message.happened_at.isoformat().replace("+00:00", "Z"),
            "id": message.id,
            "subject": message.subject,
            "version": message.version,
            "data": audience.shown_to(delivery.role, message),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _post(parcel: Parcel, letter: Letter, client: outgoing.Outgoing) -> Result:
    at, began = clock.now(), time.monotonic()
    status_code, trouble = None, None
    try:
        status_code = client.post(parcel.url, letter.body.encode(), _headers(parcel, letter))
    except outgoing.NotAnswered as error:
        trouble = error.trouble
    except outgoing.NoAddress:
        trouble = outgoing.Trouble.ADDRESS
    took = round((time.monotonic() - began) * 1000)
    return Result(letter.delivery_id, at, status_code, trouble, took)


def _headers(parcel: Parcel, letter: Letter) -> Mapping[str, str]:
    # The time by which receivers judge is the real one, whatever our clock is told in a test.
    at = datetime.now(UTC)
    signatures = [
        Webhook(secret).sign(letter.message_id, at, letter.body) for secret in parcel.secrets
    ]
    return {
        "Content-Type": "application/json",
        "User-Agent": parcel.user_agent,
        "webhook-id": letter.message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _write_down(senders: list[Sender]) -> int:
    """Note what the senders that are done have achieved, and forget them."""
    arrived = 0
    for sender in [each for each in senders if not each.is_alive()]:
        senders.remove(sender)
        try:
            with transaction():
                _note(sender.parcel.endpoint_id, sender.results)
            arrived += sum(result.is_success for result in sender.results)
        except Exception:
            log.exception("endpoint %s: trying again later", sender.parcel.endpoint_id)
            db.session.rollback()
    return arrived


def _note(endpoint_id: int, results: Sequence[Result]) -> None:
    if db.session.get(WebhookEndpoint, endpoint_id) is None:
        return  # its owner deleted it meanwhile
    endpoint = lock(WebhookEndpoint, endpoint_id)
    for result in results:
        _note_one(endpoint, result)
    if results and all(result.is_success for result in results):
        endpoint.tries, endpoint.next_try_at = 0, clock.now()
        db.session.flush()
    else:
        db.session.flush()
        claims.put_off(WebhookEndpoint, endpoint.id, longest=LONGEST_PAUSE)


def _note_one(endpoint: WebhookEndpoint, result: Result) -> None:
    delivery = db.session.get_one(WebhookDelivery, result.delivery_id)
    db.session.add(
        WebhookAttempt(
            delivery_id=delivery.id,
            at=result.at,
            status_code=result.status_code,
            trouble=result.trouble,
            duration_ms=result.duration_ms,
        )
    )
    if result.is_success:
        delivery.status = DeliveryStatus.DELIVERED
        endpoint.last_success_at = result.at
        return
    if delivery.status != DeliveryStatus.PENDING:
        return  # given up meanwhile
    delivery.tries += 1
    if result.status_code == GONE:
        endpoints.switch_off(endpoint, DisabledReason.GONE)
    elif delivery.tries <= len(WAITS):
        delivery.next_try_at = clock.now() + WAITS[delivery.tries - 1]
    else:
        delivery.status = DeliveryStatus.FAILED
        if not _took_something_since(endpoint, delivery):
            endpoints.switch_off(endpoint, DisabledReason.FAILING)


def _took_something_since(endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> bool:
    """Then it is this message that it cannot take, and no reason to send it no other."""
    last = endpoint.last_success_at
    return last is not None and last > delivery.created_at
