"""What happens by itself when time passes."""

from __future__ import annotations

import threading

from stripe_simulator import refunds, sessions
from stripe_simulator.simulator import Simulator

TICK_SECONDS = 1.0


def tick(simulator: Simulator) -> None:
    """Do all that is due: sessions expire, refunds settle."""
    sessions.expire_due(simulator)
    refunds.settle_due(simulator)


class Timer:
    """A thread that ticks, for what is due while nobody asks."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="simulated-time", daemon=True)

    def start(self) -> None:
        """Begin to tick."""
        self._thread.start()

    def stop(self) -> None:
        """Stop ticking."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(TICK_SECONDS):
            tick(self._simulator)
