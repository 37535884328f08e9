"""The courier: decides which event goes to which webhook endpoint, when, and whether again."""

from __future__ import annotations

import fnmatch
import random
import threading
import time
from collections.abc import Sequence
from typing import Any

from stripe_simulator.delivery import require_loopback, send
from stripe_simulator.ids import new_id
from stripe_simulator.store import Store

RETRY_DELAYS_SECONDS = (0.5, 1, 2, 4, 8, 15, 30, 60)
IDLE_POLL_SECONDS = 0.05


class Courier:
    """One thread that delivers in the order of events, and comes back later to endpoints that did
    not answer 2xx.

    Endpoints and deliveries are documents in the store, so a restart goes on where it was.
    """

    def __init__(self, store: Store, retry_delays: Sequence[float]) -> None:
        self._store = store
        self._retry_delays = tuple(retry_delays)
        self._work = threading.Event()
        self._stopping = threading.Event()
        self._sending = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to deliver."""
        self._thread = threading.Thread(target=self._run, name="webhook-courier", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the delivery under way and stop. What is pending stays pending."""
        self._stopping.set()
        self._work.set()
        if self._thread:
            self._thread.join()

    def only_endpoints(self, urls: Sequence[str], secrets: Sequence[str]) -> None:
        """Register these, and forget all others: those of an earlier start on another port."""
        with self._store.transaction():
            for known in self._store.find("webhook_endpoint"):
                if known["url"] not in urls:
                    self._store.delete("webhook_endpoint", known["id"])
            for url in urls:
                self.add_endpoint(url, secrets)

    def add_endpoint(
        self, url: str, secrets: Sequence[str], enabled_events: Sequence[str] = ("*",)
    ) -> dict[str, Any]:
        """Register an endpoint, or change the one with this address. Only addresses on this machine
        are accepted.
        """
        require_loopback(url)
        with self._store.transaction():
            known = self._store.find("webhook_endpoint", {"url": url})
            endpoint = {
                "id": known[0]["id"] if known else new_id("we"),
                "url": url,
                "secrets": list(secrets),
                "enabled_events": list(enabled_events),
            }
            self._store.put("webhook_endpoint", endpoint)
        return endpoint

    def enqueue(self, event: dict[str, Any]) -> int:
        """Note a new event for every endpoint that wants it; gives their number. Call it in a
        transaction.
        """
        plan = self.plan()
        if plan["drop_next"] and matches_any(event["type"], plan["drop_types"]):
            self._change_plan(drop_next=plan["drop_next"] - 1)
            return 0
        wanted = [
            endpoint
            for endpoint in self._store.find("webhook_endpoint")
            if matches_any(event["type"], endpoint["enabled_events"])
        ]
        for endpoint in wanted:
            for _ in range(plan["repeat"]):
                self._store.put("delivery", _new_delivery(event, endpoint))
        self._work.set()
        return len(wanted)

    def plan(self) -> dict[str, Any]:
        """How deliveries are being disturbed: held back, repeated, dropped."""
        usual = {"id": "courier", "held": False, "repeat": 1, "drop_next": 0, "drop_types": ["*"]}
        return usual | (self._store.get("setting", "courier") or {})

    def hold(self) -> None:
        """Deliver nothing until `release`. Events pile up."""
        self._change_plan(held=True)

    def release(self, order: str | Sequence[str] = "created", seed: int | None = None) -> None:
        """Deliver what piled up: in the order `created`, `reversed`, `shuffled`, or that of the
        given event ids.
        """
        with self._store.transaction():
            waiting = self.pending()
            if order == "reversed":
                waiting.reverse()
            elif order == "shuffled":
                random.Random(seed).shuffle(waiting)
            elif order != "created":
                rank = {event_id: place for place, event_id in enumerate(order)}
                waiting.sort(key=lambda d: rank.get(d["event"], len(rank)))
            for place, delivery in enumerate(waiting):
                self._store.put(
                    "delivery", delivery | {"place": place - len(waiting), "next_at": 0}
                )
            self._change_plan(held=False)
        self._work.set()

    def repeat(self, times: int) -> None:
        """Deliver every later event this many times."""
        self._change_plan(repeat=times)

    def drop_pending(self, types: Sequence[str]) -> int:
        """Never deliver what is pending and of these types; gives the number of deliveries lost."""
        with self._store.transaction():
            lost = [d for d in self.pending() if matches_any(d["type"], types)]
            for delivery in lost:
                self._store.put("delivery", delivery | {"status": "dropped"})
        return len(lost)

    def drop_next(self, count: int, types: Sequence[str]) -> None:
        """Never deliver the next `count` events of these types."""
        self._change_plan(drop_next=count, drop_types=list(types))

    def pending(self) -> list[dict[str, Any]]:
        """Deliveries still to be made, in the order in which they will be."""
        waiting = self._store.find("delivery", {"status": "pending"})
        return sorted(waiting, key=lambda d: d["place"])

    def deliver_now(
        self, event: dict[str, Any], *, secret: str | None = None, timestamp: int | None = None
    ) -> list[int | None]:
        """Send an event to every endpoint at once, whatever the plan; gives the HTTP statuses, None
        for no answer.

        `secret` and `timestamp` replace the right ones in the signature.
        """
        return [
            send(event, endpoint["url"], [secret] if secret else endpoint["secrets"], timestamp)
            for endpoint in self._store.find("webhook_endpoint")
        ]

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait until nothing is due. True if that came about in time; held and retried deliveries
        do not count.
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            with self._sending:
                if not self._due():
                    return True
            time.sleep(IDLE_POLL_SECONDS)
        return False

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._work.wait(timeout=self._seconds_until_due())
            self._work.clear()
            while not self._stopping.is_set():
                with self._sending:
                    due = self._due()
                    if not due:
                        break
                    self._attempt(due[0])

    def _due(self) -> list[dict[str, Any]]:
        if self.plan()["held"]:
            return []
        now = time.time()
        return [d for d in self.pending() if d["next_at"] <= now]

    def _seconds_until_due(self) -> float | None:
        waiting = self.pending()
        if self.plan()["held"] or not waiting:
            return None
        return max(0.0, min(d["next_at"] for d in waiting) - time.time())

    def _attempt(self, delivery: dict[str, Any]) -> None:
        event = self._store.get("event", delivery["event"])
        endpoint = self._store.get("webhook_endpoint", delivery["endpoint"])
        if event is None or endpoint is None:
            self._store.delete("delivery", delivery["id"])
            return
        status = send(event, endpoint["url"], endpoint["secrets"])
        with self._store.transaction():
            # It may have been dropped, or everything reset, while the endpoint was thinking.
            current = self._store.get("delivery", delivery["id"])
            if current is None or current["status"] != "pending":
                return
            attempts = current["attempts"] + 1
            outcome = {"attempts": attempts, "last_status": status}
            if status is not None and 200 <= status < 300:
                outcome["status"] = "delivered"
                fresh = self._store.get("event", event["id"])
                if fresh:
                    left = max(0, fresh["pending_webhooks"] - 1)
                    self._store.put("event", fresh | {"pending_webhooks": left})
            elif attempts > len(self._retry_delays):
                outcome["status"] = "failed"
            else:
                outcome["next_at"] = time.time() + self._retry_delays[attempts - 1]
            self._store.put("delivery", current | outcome)

    def _change_plan(self, **changes: Any) -> None:
        with self._store.transaction():
            self._store.put("setting", self.plan() | changes)


def matches_any(event_type: str, patterns: Sequence[str]) -> bool:
    """Whether an event type is among `charge.refunded`, `charge.*`, `*`, ..."""
    return any(fnmatch.fnmatchcase(event_type, pattern) for pattern in patterns)


def _new_delivery(event: dict[str, Any], endpoint: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id("whd"),
        "event": event["id"],
        "type": event["type"],
        "endpoint": endpoint["id"],
        "status": "pending",
        "attempts": 0,
        "next_at": 0,
        "last_status": None,
        # Released deliveries get negative places: they go before anything newer.
        "place": 0,
    }
