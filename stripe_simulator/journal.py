"""What was asked of the API, for tests to look at."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

REMEMBERED_REQUESTS = 20_000


@dataclass
class Entry:
    """One request to `/v1`. `status` is None while it runs, and stays None if the client got no
    answer.
    """

    request_id: str
    method: str
    path: str
    created: int
    idempotency_key: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    status: int | None = None
    error_code: str | None = None
    replayed: bool = False
    fault: str | None = None
    violations: list[str] = field(default_factory=list)


class Journal:
    """The latest requests, oldest first. Kept in memory only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=REMEMBERED_REQUESTS)

    def add(self, entry: Entry) -> None:
        """Remember a request. The entry is filled in while the request is handled."""
        with self._lock:
            self._entries.append(entry)

    def entries(self) -> list[dict[str, Any]]:
        """Every remembered request, oldest first."""
        with self._lock:
            return [asdict(entry) for entry in self._entries]

    def clear(self) -> None:
        """Forget all of it."""
        with self._lock:
            self._entries.clear()
