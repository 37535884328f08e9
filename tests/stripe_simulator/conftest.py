"""Fixtures of the simulator's tests: a fresh simulator for each test, and the cast that uses it."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from simulator_cast import SECRET, Buyer, Control, Inbox, Shop

from stripe_simulator import RunningSimulator, running_simulator


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    with running_simulator(retry_delays=(0.05, 0.05)) as running:
        yield running


@pytest.fixture
def shop(simulator: RunningSimulator) -> Shop:
    return Shop(simulator.url)


@pytest.fixture
def buyer(simulator: RunningSimulator) -> Buyer:
    return Buyer(simulator.url)


@pytest.fixture
def control(simulator: RunningSimulator) -> Control:
    return Control(simulator.url)


@pytest.fixture
def paid(shop: Shop, buyer: Buyer) -> Any:
    """A session that was paid, with its payment intent and charge."""
    session = shop.open_session()
    assert buyer.pays(session).status == 303
    return shop.session(session.id)


@pytest.fixture
def inbox(control: Control) -> Iterator[Inbox]:
    """A webhook endpoint that the simulator knows."""
    box = Inbox()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            box.received.append((body, self.headers["Stripe-Signature"]))
            self.send_response(box.statuses.pop(0) if box.statuses else 200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    box.url = f"http://127.0.0.1:{server.server_port}/webhooks/stripe"
    control.post("/webhooks/endpoints", url=box.url, secrets=[SECRET])
    yield box
    server.shutdown()
    server.server_close()
