"""The worker process: the RQ worker with its scheduler, and the tickers that sweep.

Alarms and hints come by Redis and are quick. The tickers are the guarantee: they ask
the database every few seconds, whether Redis is there or not. They run in this process;
the RQ worker, which forks for each job, in a child without threads.
"""

import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from functools import partial
from multiprocessing.process import BaseProcess

from flask import Flask
from redis.exceptions import RedisError
from rq import Queue
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import HerokuWorker

from app import create_app, jobs, schedule
from app.config import ConfigError, Settings, load
from app.db import db
from app.parents import die_with_parent

log = logging.getLogger("worker")

# For what is being done when we are told to stop: a call to Stripe takes 11 seconds at
# most, and RQ gives a job 6.
PATIENCE_SECONDS = 12


def main(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. The RQ worker is started anew whenever it ends."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    # Each lane holds a database connection while it asks.
    threads = max(settings.web_threads, len(schedule.LANES))
    app = create_app(settings.model_copy(update={"web_threads": threads}))
    tickers = [
        threading.Thread(
            target=tick,
            args=(app, lane, stop),
            name=lane,
            daemon=True,  # many calls to a Stripe that hangs must not keep the process
        )
        for lane in schedule.LANES
    ]
    for ticker in tickers:
        ticker.start()
    log.info("worker ready, sweeping every %s s", settings.sweep_seconds)

    queue_worker = _start_queue_worker()
    while not stop.wait(1):
        if not queue_worker.is_alive():
            log.warning("the queue's worker ended (is Redis away?), starting it anew")
            queue_worker.join()
            queue_worker = _start_queue_worker()

    queue_worker.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    queue_worker.join(PATIENCE_SECONDS)
    for ticker in tickers:
        ticker.join(max(0.0, deadline - time.monotonic()))
    if queue_worker.is_alive():
        queue_worker.kill()


def tick(app: Flask, lane: str, stop: threading.Event) -> None:
    """Run the lane's jobs now and then again and again, counted from start to start."""
    with app.app_context():
        seconds = schedule.seconds(lane)
    while not stop.is_set():
        began = time.monotonic()
        try:
            with app.app_context():
                schedule.run(lane)
        except Exception:
            log.exception("the %s failed as a whole, next time again", lane)
        stop.wait(max(0.5, seconds - (time.monotonic() - began)))


class JobWorker(HerokuWorker):
    """Runs each job in a fork, with the app's context and a database connection of its own."""

    app: Flask
    max_connection_wait_time = 5.0  # between two tries to reach Redis; RQ would wait a minute

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        with self.app.app_context():
            db.engine.dispose(close=False)  # the parent's connections are the parent's
            return super().perform_job(job, queue, execution)


def work_on_queue(parent: int) -> None:
    """What the child does: RQ, until it is told to stop or Redis goes away."""
    die_with_parent(parent)
    # RQ's scheduler and jobs, too. They hold our sockets, and to one that is still open
    # Redis would hand the next job, which would be lost.
    os.register_at_fork(after_in_child=partial(die_with_parent, os.getpid()))
    settings = load()
    JobWorker.app = create_app(settings)
    try:
        worker = JobWorker(
            [jobs.QUEUE],
            connection=jobs.connect(settings, timeout=None),
            serializer=JSONSerializer,
            worker_ttl=30,
            maintenance_interval=15,
        )
        worker.work(with_scheduler=True, logging_level="WARNING")
    except (RedisError, OSError) as error:
        log.warning("Redis is away: %s", error)
        time.sleep(2)
        sys.exit(1)


def _start_queue_worker() -> BaseProcess:
    # Spawned, not forked: a fork of a process with threads may inherit a lock nobody will open.
    process = multiprocessing.get_context("spawn").Process(
        target=work_on_queue, args=(os.getpid(),), name="rq"
    )
    process.start()
    return process


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    try:
        main(load())
    except ConfigError as error:
        sys.exit(f"ticketbay's worker cannot start.\n{error}")
