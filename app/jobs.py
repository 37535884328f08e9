"""The queue: hints to a worker that something is due. Redis may vanish at any moment.

A job carries ids only and finds its work in the database, so a lost one costs some
seconds until the sweep finds the same work, never an order or a payment.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime

from flask import Flask, current_app
from redis import ConnectionPool, Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from app.config import Settings
from app.redis_options import redis_options

log = logging.getLogger(__name__)

# One queue: a worker that is killed between the pops of two loses a job for good (RQ 3.0).
QUEUE = "ticketbay"
JOB_TIMEOUT_SECONDS = 60
# While Redis hangs, each request would wait for it; so after a failure we do not ask for a while.
QUIET_SECONDS = 5


class Broker:
    """The connection of one process to the queue, and when it last failed."""

    def __init__(self, settings: Settings):
        self.redis = connect(settings)
        self.queue = Queue(
            QUEUE,
            connection=self.redis,
            serializer=JSONSerializer,
            default_timeout=JOB_TIMEOUT_SECONDS,
        )
        self.silent_until = 0.0


def init_app(app: Flask, settings: Settings) -> None:
    app.extensions["broker"] = Broker(settings)


def connect(settings: Settings, *, timeout: float | None = 1) -> Redis:
    """A Redis client that gives up after `timeout` seconds. It connects when first used."""
    options = redis_options(settings, timeout=timeout, connect_timeout=1)
    return Redis(connection_pool=ConnectionPool.from_url(settings.redis_url, **options))


def enqueue(function: Callable[..., object], *ids: int | str) -> bool:
    """Ask the worker to run this soon. False if Redis is away: then the sweep does it."""
    return _send(lambda queue: queue.enqueue(function, *ids, result_ttl=0, failure_ttl=86_400))


def enqueue_at(at: datetime, function: Callable[..., object], *ids: int | str, job_id: str) -> bool:
    """Set an alarm: the worker's scheduler runs this at `at`, to the second.

    A second alarm of the same `job_id` is the first one. RQ cuts times to whole
    seconds and so runs up to a second early: callers round up.
    """
    return _send(
        lambda queue: queue.enqueue_at(
            at, function, *ids, job_id=job_id, unique=True, result_ttl=0, failure_ttl=60
        )
    )


def _send(put: Callable[[Queue], object]) -> bool:
    broker: Broker = current_app.extensions["broker"]
    if time.monotonic() < broker.silent_until:
        return False
    try:
        put(broker.queue)
    except DuplicateJobError:
        return True
    except (RedisError, OSError) as error:
        broker.silent_until = time.monotonic() + QUIET_SECONDS
        log.warning("Redis is away (%s); the sweep will do it", error)
        return False
    return True
