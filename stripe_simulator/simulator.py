"""One simulated Stripe account: its memory, its time, and the tools of tests."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from stripe_simulator.clock import Clock
from stripe_simulator.faults import Faults
from stripe_simulator.idempotency import IdempotencyTable
from stripe_simulator.journal import Journal
from stripe_simulator.store import Store
from stripe_simulator.webhooks import RETRY_DELAYS_SECONDS, Courier


class Simulator:
    """What every part of the simulator works on. The first argument of each domain function.

    `public_url` is the address under which browsers reach the hosted payment page.
    """

    def __init__(
        self,
        *,
        public_url: str = "",
        state_path: str | None = None,
        retry_delays: Sequence[float] = RETRY_DELAYS_SECONDS,
    ) -> None:
        self.public_url = public_url
        self.store = Store(state_path)
        self.clock = Clock(self.store)
        self.idempotency = IdempotencyTable(self.store, self.clock)
        self.courier = Courier(self.store, retry_delays)
        self.faults = Faults()
        self.journal = Journal()
        # Set when the server stops: calls that a fault keeps waiting give up.
        self.closing = threading.Event()

    def reset(self) -> None:
        """Back to an empty account at real time. Webhook endpoints stay."""
        self.faults.disarm()
        self.journal.clear()
        with self.store.transaction():
            self.store.clear(keep="webhook_endpoint")
