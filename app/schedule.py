"""What runs again and again, and in which lane. `worker.py` runs the lanes side by side.

Deadlines must not wait for Stripe, so what asks it has a lane of its own; and so have what
waits for a Redis that hangs, and what waits for the servers of users.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from app import clock, heartbeat
from app.accounts import sessions, tokens
from app.api import idempotency
from app.config import settings
from app.db import db
from app.integrations import delivery_log, fan_out, sending, stream
from app.orders import expiry
from app.outbox import delivery
from app.payments import cancelled_events, closing, reconciliation, refunds, webhooks

log = logging.getLogger(__name__)

Job = Callable[[], int]

DEADLINES: Sequence[Job] = (expiry.end_overdue,)
FOLLOW_UPS: Sequence[Job] = (
    cancelled_events.end_orders,
    delivery.deliver_due,
    closing.finish_due,
    webhooks.process_due,
    refunds.issue_due,
    reconciliation.settle_old_attempts,
    reconciliation.fetch_missed_events,
    sessions.forget_expired,
    tokens.forget_expired,
    idempotency.forget_old,
    delivery_log.forget_old,
)
STREAM: Sequence[Job] = (stream.append_due,)
WEBHOOKS: Sequence[Job] = (fan_out.fan_out_due, sending.send_due)
LANES: dict[str, Sequence[Job]] = {
    "sweep": DEADLINES,
    "follow-up": FOLLOW_UPS,
    "stream": STREAM,
    "webhooks": WEBHOOKS,
}
# Nothing wakes up these: they look so often that nobody has to, and purchases need not know them.
EVERY_SECOND = {"stream", "webhooks"}


def seconds(lane: str) -> float:
    """From one start of the lane to the next."""
    return 1 if lane in EVERY_SECOND else settings().sweep_seconds


def run(lane: str) -> dict[str, int]:
    """Run all jobs of the lane once, each whatever became of the others. What each one did.

    A job that failed is missing in the answer. The lane's heartbeat is noted if none is: a job
    deals itself with what is wrong with a single order, so one that raises did nobody's work.
    """
    done: dict[str, int] = {}
    for job in LANES[lane]:
        name = f"{job.__module__.removeprefix('app.')}.{job.__name__}"
        try:
            done[name] = job()
        except Exception:
            log.exception("%s failed, next time again", name)
            db.session.rollback()
    if len(done) == len(LANES[lane]):
        _beat(lane)
    db.session.remove()
    return done


def _beat(lane: str) -> None:
    """Each is a write to the disk, so what runs every second is not noted each time."""
    last = heartbeat.last(lane)
    db.session.rollback()
    if last is None or last <= clock.now() - timedelta(seconds=settings().sweep_seconds / 2):
        heartbeat.beat(lane)
