"""Serving the simulator: in this process for tests, or as a program of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from werkzeug.serving import WSGIRequestHandler, make_server

from stripe_simulator.app import create_app
from stripe_simulator.delivery import is_loopback
from stripe_simulator.simulator import Simulator
from stripe_simulator.timer import Timer
from stripe_simulator.webhooks import RETRY_DELAYS_SECONDS


class RunningSimulator:
    """A simulator that serves on `url` until `stop()`. `simulator` is its inside, for tests that
    need it.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        public_url: str | None = None,
        state_path: str | None = None,
        retry_delays: Sequence[float] = RETRY_DELAYS_SECONDS,
    ) -> None:
        if not is_loopback(host):
            raise ValueError(f"the simulator serves this machine only, not {host!r}")
        self.simulator = Simulator(state_path=state_path, retry_delays=retry_delays)
        self._server = make_server(
            host, port, create_app(self.simulator), threaded=True, request_handler=_QuietHandler
        )
        self.port: int = self._server.server_port
        self.url = f"http://{host}:{self.port}"
        self.simulator.public_url = (public_url or f"http://localhost:{self.port}").rstrip("/")
        self._timer = Timer(self.simulator)

    def serve_forever(self) -> None:
        """Serve until `stop()` is called from elsewhere."""
        self.simulator.courier.start()
        self._timer.start()
        self._server.serve_forever(poll_interval=0.05)

    def stop(self) -> None:
        """Stop serving and let go of port and state file. What was stored stays in the file."""
        self.simulator.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._timer.stop()
        self.simulator.courier.stop()
        self.simulator.store.close()


def start_in_thread(
    *,
    port: int = 0,
    public_url: str | None = None,
    state_path: str | None = None,
    retry_delays: Sequence[float] = RETRY_DELAYS_SECONDS,
) -> RunningSimulator:
    """Start a simulator beside the calling thread; it serves when this returns. Port 0 picks a free
    one.
    """
    running = RunningSimulator(
        port=port, public_url=public_url, state_path=state_path, retry_delays=retry_delays
    )
    threading.Thread(target=running.serve_forever, name="payments-simulator", daemon=True).start()
    return running


@contextmanager
def running_simulator(
    *,
    port: int = 0,
    public_url: str | None = None,
    state_path: str | None = None,
    retry_delays: Sequence[float] = RETRY_DELAYS_SECONDS,
) -> Iterator[RunningSimulator]:
    """A simulator for the length of a `with` block."""
    running = start_in_thread(
        port=port, public_url=public_url, state_path=state_path, retry_delays=retry_delays
    )
    try:
        yield running
    finally:
        running.stop()


class _QuietHandler(WSGIRequestHandler):
    """Without a line for every request: the journal has them."""

    # One connection per request: a kept-alive one would outlive `stop()`, its store closed.
    protocol_version = "HTTP/1.0"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return
