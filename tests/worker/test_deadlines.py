"""Orders end on time, by the alarm or by the sweep, whatever worker and broker suffer."""

import signal

import pytest

from tests.support.settings import NO_REDIS
from tests.worker.conftest import NO_STRIPE, SLACK_SECONDS, SWEEP_SECONDS

pytestmark = pytest.mark.processes


class TestWithTheBroker:
    """It takes the real ten seconds, so it runs where a fork must not share connections."""

    @pytest.fixture
    def database_url(self, postgresql):
        return postgresql.fresh()

    @pytest.fixture
    def environ(self, environ):
        return environ | {"SWEEP_SECONDS": "60", "ORDER_HOLD_SECONDS": "10"}

    def test_the_alarm_alone_ends_an_order_within_seconds(
        self, worker, reserve, becomes, seconds_late, listing, available
    ):
        worker()
        order_id = reserve(2)
        assert becomes(order_id, "cancelled", seconds=10 + SLACK_SECONDS + 5)
        # Slots of 3 seconds, a second for RQ's rounding, and one for its scheduler's round.
        assert 0 <= seconds_late(order_id) < 5 + SLACK_SECONDS
        assert available(listing) == 2

    def test_control_without_the_sweep_an_order_whose_alarm_is_wiped_does_not_end(
        self, worker, valkey, reserve, becomes
    ):
        worker()
        order_id = reserve(2)
        valkey.wipe()
        assert not becomes(order_id, "cancelled", seconds=10 + SLACK_SECONDS + 5)


class TestWithoutABroker:
    @pytest.fixture
    def environ(self):
        return {
            "REDIS_URL": NO_REDIS,
            "STRIPE_API_BASE": NO_STRIPE,
            "SWEEP_SECONDS": str(SWEEP_SECONDS),
        }

    def test_the_sweep_alone_ends_an_order_in_time(
        self, worker, reserve, bring_forward, becomes, seconds_late, listing, available
    ):
        worker()
        order_id = reserve(2)
        bring_forward(order_id)
        assert becomes(order_id, "cancelled")
        assert 0 <= seconds_late(order_id) < SWEEP_SECONDS + SLACK_SECONDS
        assert available(listing) == 2


class TestWhateverTheySuffer:
    @pytest.mark.parametrize("trouble", ["wipe", "stop", "kill", "hang"])
    def test_the_ticket_comes_back_in_time_and_the_queue_works_again_afterwards(
        self,
        trouble,
        valkey,
        worker,
        reserve,
        bring_forward,
        becomes,
        seconds_late,
        listing,
        available,
        a_job_runs,
    ):
        worker()
        assert a_job_runs()
        order_id = reserve(2)
        assert valkey.client.zcard("rq:scheduled:ticketbay") == 1, "the alarm is set"
        getattr(valkey, trouble)()

        bring_forward(order_id)
        assert becomes(order_id, "cancelled")
        assert 0 <= seconds_late(order_id) < SWEEP_SECONDS + SLACK_SECONDS
        assert available(listing) == 2

        valkey.go_on()
        assert a_job_runs()

    def test_the_worker_killed_the_ticket_comes_back_with_the_next_one(
        self, worker, reserve, bring_forward, becomes, listing, available
    ):
        running = worker()
        order_id = reserve(2)
        running.send(signal.SIGKILL)
        running.ends(seconds=10)
        bring_forward(order_id)
        assert not becomes(order_id, "cancelled", seconds=3), "nobody is there to end it"
        worker()
        assert becomes(order_id, "cancelled")
        assert available(listing) == 2


class TestTheQueue:
    """It knows nothing of the database, so one of them is enough."""

    @pytest.fixture
    def database_url(self, sqlite):
        return sqlite.fresh()

    def test_a_worker_that_started_without_a_broker_finds_it_later(
        self, valkey, worker, a_job_runs
    ):
        valkey.stop()
        worker()
        valkey.go_on()
        assert a_job_runs()
