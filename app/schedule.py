"""What runs again and again, and in which lane. `worker.py` runs both lanes side by side.

Deadlines must not wait for Stripe, so what asks it has a lane of its own.
"""

import logging
from collections.abc import Callable, Sequence

from app import heartbeat
from app.accounts import sessions, tokens
from app.api import idempotency
from app.db import db
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
)
LANES: dict[str, Sequence[Job]] = {"sweep": DEADLINES, "follow-up": FOLLOW_UPS}


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
        heartbeat.beat(lane)
    db.session.remove()
    return done
