"""The idempotency table: what was answered under which key, for 24 hours."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from stripe_simulator.clock import Clock
from stripe_simulator.errors import ApiError, key_in_use
from stripe_simulator.store import Store

LIFETIME_SECONDS = 24 * 60 * 60
LONGEST_KEY = 255


@dataclass(frozen=True)
class Reply:
    """An answer of the API."""

    status: int
    body: dict[str, Any]
    is_replay: bool = False
    # The request id of the call that first got this answer, if this is a replay.
    original_request: str | None = None


class IdempotencyTable:
    """Stored answers by key. Keys of requests that are still running live in memory: a crash frees
    them.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._running: set[str] = set()

    @contextmanager
    def claim(
        self, key: str, method: str, path: str, params: dict[str, Any]
    ) -> Iterator[Reply | None]:
        """Hold the key while the block runs. Gives the stored answer to replay, or None: do the
        work.

        Raises ApiError if the key belongs to another request (400) or its request is running (409).
        """
        if len(key) > LONGEST_KEY:
            raise ApiError(f"Idempotency keys are at most {LONGEST_KEY} characters long.")
        with self._lock:
            if key in self._running:
                raise key_in_use(key)
            replay = self._stored(key, fingerprint(method, path, params))
            self._running.add(key)
        try:
            yield replay
        finally:
            with self._lock:
                self._running.discard(key)

    def remember(
        self,
        key: str,
        method: str,
        path: str,
        params: dict[str, Any],
        reply: Reply,
        request_id: str,
    ) -> None:
        """Store the answer to the first request. Call it in the transaction that did the work."""
        self._store.put(
            "idempotency_record",
            {
                "id": key,
                "created": self._clock.now(),
                "fingerprint": fingerprint(method, path, params),
                "status": reply.status,
                "body": reply.body,
                "request_id": request_id,
            },
        )

    def _stored(self, key: str, wanted: str) -> Reply | None:
        record = self._store.get("idempotency_record", key)
        if record is None or self._clock.now() - record["created"] >= LIFETIME_SECONDS:
            return None
        if record["fingerprint"] != wanted:
            raise ApiError(
                "Keys for idempotent requests can only be used with the same parameters they were "
                f"first used with. Try using a key other than '{key}' if you meant to execute a "
                "different request.",
                type="idempotency_error",
            )
        return Reply(
            record["status"], record["body"], is_replay=True, original_request=record["request_id"]
        )


def fingerprint(method: str, path: str, params: dict[str, Any]) -> str:
    """The same for the same request, whatever the order of its parameters."""
    canonical = json.dumps([method, path, params], sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
