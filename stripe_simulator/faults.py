"""Faults that a test arms, and which the next matching calls of the API run into."""

from __future__ import annotations

import fnmatch
import threading
from dataclasses import asdict, dataclass
from typing import Any, Literal

FaultKind = Literal["409", "429", "500", "500_after_work", "lost_reply", "reset", "hang"]


@dataclass
class Fault:
    """How the next `count` calls that match `method` and `path` fail, after letting `skip` of them
    through.

    - `409`, `429`: refused before any work, not stored under the idempotency key.
    - `500`: no work done; stored under the key and replayed.
    - `500_after_work`: the work is done; the 500 is stored under the key and replayed.
    - `lost_reply`: the work is done and the answer stored under the key, but the connection is cut.
    - `reset`: no work done, nothing stored, the connection is cut.
    - `hang`: nothing but the wait of `seconds`; then the call goes on as usual.

    `seconds` makes any kind wait first. The idempotency key is in use meanwhile.
    """

    kind: FaultKind
    count: int = 1
    skip: int = 0
    method: str = "*"
    path: str = "*"
    seconds: float = 0.0

    def matches(self, method: str, path: str) -> bool:
        """Method and path are shell patterns: `POST`, `/v1/refunds*`."""
        return fnmatch.fnmatchcase(method, self.method) and fnmatch.fnmatchcase(path, self.path)


class Faults:
    """The armed faults, in the order in which they were armed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        """Let the next matching calls fail."""
        with self._lock:
            self._armed.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this call, if any, which is thereby used up once."""
        with self._lock:
            for fault in self._armed:
                if not fault.matches(method, path):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.count -= 1
                if fault.count <= 0:
                    self._armed.remove(fault)
                return fault
        return None

    def armed(self) -> list[dict[str, Any]]:
        """What is still armed."""
        with self._lock:
            return [asdict(fault) for fault in self._armed]

    def disarm(self) -> None:
        """No more faults."""
        with self._lock:
            self._armed.clear()
