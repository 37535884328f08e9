"""The worker and Stripe: orders are closed, settled and kept apart from those nobody pays."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.config import SIMULATOR_WEBHOOK_SECRET
from app.orders.models import OrderStatus
from app.payments import checkout
from app.payments.models import CheckoutAttempt
from stripe_simulator import RunningSimulator, start_in_thread
from tests.payments.test_webhooks import an_event, signed
from tests.support.stripe import Stripe
from tests.worker.conftest import SLACK_SECONDS, SWEEP_SECONDS

pytestmark = pytest.mark.processes


class Simulator:
    """The payments simulator, which can go away and come back with all it knows."""

    def __init__(self, state: Path):
        self.state = state
        self.running = self._run(0)
        self.stripe = Stripe(self.running.url)

    def stop(self) -> None:
        self.running.stop()

    def come_back(self) -> None:
        self.running = self._run(int(self.stripe.url.rpartition(":")[2]))

    def _run(self, port: int) -> RunningSimulator:
        return start_in_thread(port=port, state_path=str(self.state))


@pytest.fixture
def simulator(tmp_path) -> Iterator[Simulator]:
    simulator = Simulator(tmp_path / "stripe.sqlite")
    yield simulator
    simulator.stop()


@pytest.fixture
def stripe(simulator) -> Stripe:
    return simulator.stripe


@pytest.fixture
def environ(environ, stripe) -> dict[str, str]:
    return environ | {
        "STRIPE_API_BASE": stripe.url,
        "STRIPE_SECRET_KEY": "sk_test_ticketbay",
        "STRIPE_WEBHOOK_SECRET": SIMULATOR_WEBHOOK_SECRET,
    }


@pytest.fixture
def begin(db, reserve) -> Callable[..., tuple[int, str]]:
    """Reserves and opens the payment page. The order's id and the session's."""

    def make(quantity: int = 1, **which: Any) -> tuple[int, str]:
        order_id = reserve(quantity, **which)
        assert checkout.start_checkout(order_id)
        query = select(CheckoutAttempt.session_id).where(CheckoutAttempt.order_id == order_id)
        session_id = db.session.scalars(query).one()
        db.session.rollback()
        return order_id, session_id

    return make


def test_an_order_with_a_payment_page_is_closed_after_its_grace(
    worker, stripe, begin, bring_forward, becomes, seconds_late, listing, available
):
    worker()
    order_id, session_id = begin(2)
    bring_forward(order_id)
    assert becomes(order_id, OrderStatus.CANCELLED, seconds=1 + 2 * SWEEP_SECONDS + SLACK_SECONDS)
    assert seconds_late(order_id) >= 1, "the grace"
    assert stripe.session(session_id)["status"] == "expired"
    assert available(listing) == 2


def test_a_webhook_settles_the_order_through_the_queue(app, worker, stripe, begin, becomes):
    worker(SWEEP_SECONDS="60")
    order_id, session_id = begin()
    stripe.pay(session_id)
    answer = app.test_client().post("/webhooks/stripe", **signed(an_event(session_id)))
    assert answer.status_code == 200
    assert becomes(order_id, OrderStatus.COMPLETED, seconds=10)


class TestWhileStripeIsAway:
    """What Stripe does is the same for both databases."""

    @pytest.fixture
    def database_url(self, sqlite):
        return sqlite.fresh()

    @pytest.mark.parametrize("trouble", ["answers 500", "is gone"])
    def test_an_order_stays_closing_until_stripe_confirms(
        self, trouble, worker, simulator, stripe, begin, bring_forward, becomes, listing, available
    ):
        worker()
        order_id, session_id = begin(2)
        if trouble == "is gone":
            simulator.stop()
        else:
            stripe.fail("500", count=1000)
        bring_forward(order_id, seconds=-1)
        assert becomes(order_id, OrderStatus.CLOSING)
        assert not becomes(order_id, OrderStatus.CANCELLED, seconds=3)
        assert available(listing) == 0

        if trouble == "is gone":
            simulator.come_back()
        else:
            stripe.forget_faults()
        assert becomes(order_id, OrderStatus.CANCELLED, seconds=20)
        assert stripe.session(session_id)["status"] == "expired"
        assert available(listing) == 2

    def test_while_it_hangs_nobody_else_waits_and_the_worker_ends_in_time(
        self,
        worker,
        valkey,
        stripe,
        offer,
        begin,
        reserve,
        rival,
        bring_forward,
        becomes,
        seconds_late,
    ):
        listing = offer(tickets=5)
        running = worker()
        slow = [begin(of=listing)[0] for _ in range(4)]
        stripe.fail("hang", count=1000, seconds=7)  # one after the other, more than 25 seconds
        for order_id in slow:
            bring_forward(order_id, seconds=-1)
        assert all(becomes(order_id, OrderStatus.CLOSING) for order_id in slow)

        other = reserve(by=rival, of=listing)
        bring_forward(other)
        assert becomes(other, OrderStatus.CANCELLED)
        assert 0 <= seconds_late(other) < SWEEP_SECONDS + SLACK_SECONDS

        valkey.hang()  # and the broker on top of it: nobody can say goodbye
        running.send(signal.SIGTERM)
        assert running.ends(seconds=25) == 0
        assert running.left(seconds=1) == set()
