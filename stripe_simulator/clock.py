"""The simulator's time, which a test can move forward."""

from __future__ import annotations

import time

from stripe_simulator.store import Store


class Clock:
    """Real time plus an offset, which is remembered with everything else."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def now(self) -> int:
        """Seconds since 1970, as Stripe counts."""
        return int(time.time()) + self.offset_seconds()

    def offset_seconds(self) -> int:
        """How far simulated time is ahead of real time."""
        stored = self._store.get("setting", "clock")
        return stored["offset_seconds"] if stored else 0

    def advance(self, seconds: int) -> None:
        """Move time forward. It never goes back: objects must not be created before older ones."""
        if seconds < 0:
            raise ValueError("time cannot go back")
        with self._store.transaction():
            offset = self.offset_seconds() + seconds
            self._store.put("setting", {"id": "clock", "offset_seconds": offset})
