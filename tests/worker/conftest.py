"""A real worker, a real broker, a real database. Deadlines are brought forward, not waited for."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from app import clock, heartbeat, jobs
from app.accounts.models import User
from app.db import db as _db
from app.db import transaction
from app.listings.models import Listing, Ticket, TicketStatus
from app.orders import reservation
from app.orders.models import Order
from tests.support.processes import Running, start_worker, until
from tests.support.valkey import Valkey

SWEEP_SECONDS = 2
# What may come on top of one round of the sweep on a busy machine.
SLACK_SECONDS = 5
NO_STRIPE = "http://127.0.0.1:1"  # nothing listens there


@pytest.fixture
def environ(valkey: Valkey) -> dict[str, str]:
    """For the app in the test and the worker beside it."""
    return {
        "REDIS_URL": valkey.url,
        "STRIPE_API_BASE": NO_STRIPE,
        "SWEEP_SECONDS": str(SWEEP_SECONDS),
        "ORDER_HOLD_SECONDS": "900",
        "PAYMENT_GRACE_SECONDS": "1",
    }


@pytest.fixture
def worker(app, database_url, environ, tmp_path) -> Iterator[Callable[..., Running]]:
    """Starts a worker: `worker(SWEEP_SECONDS="60")`. All of them are gone after the test."""
    started: list[Running] = []

    def start(**variables: str) -> Running:
        log = tmp_path / f"worker-{len(started)}.log"
        started.append(start_worker({"DATABASE_URL": database_url, **environ, **variables}, log))
        return started[-1]

    yield start
    for running in started:
        running.clear_away()
        print(running.output)  # noqa: T201  pytest shows it beside a failure


@pytest.fixture
def reserve(listing, buyer) -> Callable[..., int]:
    """Reserves a ticket: `reserve(by=rival)`. The order's id."""

    def make(quantity: int = 1, *, by: User = buyer, of: Listing = listing) -> int:
        with transaction():
            return reservation.reserve(of.id, by.id, quantity, of.version).id

    return make


@pytest.fixture
def bring_forward(db) -> Callable[..., datetime]:
    """Lets an order end in so many seconds, without a word to the broker. When that is."""

    def change(order_id: int, *, seconds: float = 0.5) -> datetime:
        deadline = clock.now() + timedelta(seconds=seconds)
        with transaction():
            _db.session.execute(
                update(Order).where(Order.id == order_id).values(expires_at=deadline)
            )
            _db.session.execute(
                update(Ticket).where(Ticket.order_id == order_id).values(held_until=deadline)
            )
        return deadline

    return change


@pytest.fixture
def becomes(order_of) -> Callable[..., bool]:
    """Whether the order gets to this status in time: `becomes(order_id, "cancelled")`."""

    def wait(order_id: int, status: str, *, seconds: float = SWEEP_SECONDS + SLACK_SECONDS) -> bool:
        return until(lambda: order_of(order_id).status == status, seconds=seconds)

    return wait


@pytest.fixture
def seconds_late(db, order_of) -> Callable[[int], float]:
    """How long after its deadline the order reached the status it has."""

    def measure(order_id: int) -> float:
        order = order_of(order_id)
        return (order.timeline[-1].at - order.expires_at).total_seconds()

    return measure


@pytest.fixture
def available(db) -> Callable[[Listing], int]:
    """How many tickets of a listing anybody may reserve."""

    def count(listing: Listing) -> int:
        db.session.rollback()
        query = select(Ticket.status).where(Ticket.listing_id == listing.id)
        return list(db.session.scalars(query)).count(TicketStatus.AVAILABLE)

    return count


@pytest.fixture
def a_job_runs(db) -> Callable[..., bool]:
    """Whether the worker does what is put into the queue now."""

    def ask(*, seconds: float = 30) -> bool:
        before = clock.now()

        def ran() -> bool:
            db.session.rollback()
            at = heartbeat.last("job")
            return at is not None and at > before

        # The app asks the broker only now and then after a failure, and a job that is handed out
        # in the very moment its worker dies is lost, which the sweep makes up for.
        deadline = clock.now() + timedelta(seconds=seconds)
        while not ran() and clock.now() < deadline:
            jobs.enqueue(heartbeat.beat, "job")
            until(ran, seconds=jobs.QUIET_SECONDS)
        return ran()

    return ask
