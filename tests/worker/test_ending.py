"""How a worker ends, and that nothing of it stays behind."""

import os
import signal

import pytest

from app.orders.models import OrderStatus
from tests.support.processes import until

pytestmark = pytest.mark.processes

PROMISED_SECONDS = 25  # a PaaS kills 30 seconds after SIGTERM


@pytest.fixture
def database_url(sqlite):
    """Processes end the same way whatever the database is. While Stripe hangs: test_payments.py."""
    return sqlite.fresh()


def test_told_to_stop_it_ends_with_everything_it_started(worker, a_job_runs):
    running = worker()
    assert a_job_runs()
    running.send(signal.SIGTERM)
    assert running.ends(seconds=PROMISED_SECONDS) == 0
    assert running.left(seconds=1) == set()


def test_a_platform_that_signals_every_process_ends_it_just_as_well(worker, a_job_runs):
    running = worker()
    assert a_job_runs()
    for process in running.left():
        os.kill(process, signal.SIGTERM)
    assert running.ends(seconds=PROMISED_SECONDS) == 0
    assert running.left(seconds=1) == set()


def test_killed_it_takes_everything_with_it_and_a_new_one_goes_on(
    worker, a_job_runs, reserve, bring_forward, becomes
):
    running = worker()
    assert a_job_runs()
    order_id = reserve()
    running.send(signal.SIGKILL)
    assert running.left(seconds=10) == set()

    bring_forward(order_id)
    worker()
    assert becomes(order_id, OrderStatus.CANCELLED)
    assert a_job_runs()


def test_killed_while_the_broker_hangs_it_still_takes_everything_with_it(
    worker, valkey, a_job_runs
):
    running = worker()
    assert a_job_runs()
    valkey.hang()
    running.send(signal.SIGKILL)
    assert running.left(seconds=10) == set()


def test_the_queues_process_killed_comes_back_and_leaves_nobody(worker, a_job_runs):
    running = worker()
    assert a_job_runs()
    before = running.left()
    for child in running.children():
        os.kill(child, signal.SIGKILL)
    # One that stayed would hold the dead one's connection, and swallow the next job there.
    assert until(lambda: running.left() & before == {running.process.pid}, seconds=5)
    assert a_job_runs()
