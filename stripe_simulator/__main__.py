"""`python -m stripe_simulator`: see README.md for the options."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from stripe_simulator.server import RunningSimulator


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM."""
    options = _parser().parse_args(arguments)
    try:
        running = RunningSimulator(
            host=options.host,
            port=options.port,
            public_url=options.public_url,
            state_path=options.state,
        )
        if options.webhook_url and not options.webhook_secret:
            raise ValueError("--webhook-url needs --webhook-secret")
        if options.webhook_url:
            running.simulator.courier.only_endpoints(options.webhook_url, options.webhook_secret)
    except (ValueError, OSError) as error:
        print(f"stripe_simulator: {error}", file=sys.stderr)
        return 2
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=running.serve_forever, name="http-server", daemon=True).start()
    print(f"payments simulator at {running.url}", flush=True)
    stop.wait()
    running.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m stripe_simulator",
        description="A local stand-in for Stripe. No money moves.",
    )
    parser.add_argument("--port", type=int, default=4242, help="0 picks a free one (default: 4242)")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument(
        "--public-url", help="how browsers reach it (default: http://localhost:PORT)"
    )
    parser.add_argument("--state", metavar="FILE", help="remember everything in this SQLite file")
    parser.add_argument(
        "--webhook-url", action="append", default=[], help="deliver events here; may be repeated"
    )
    parser.add_argument(
        "--webhook-secret",
        action="append",
        default=[],
        help="sign with this secret; when repeated, every event carries a signature for each",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
