"""`bin/dev`: everything ticketbay needs, on this machine, until Ctrl-C or SIGTERM."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from types import FrameType
from urllib.error import HTTPError
from urllib.request import urlopen

from app.config import ROOT, ConfigError
from bin.devserver import children, data, planning, ports
from bin.devserver.children import Child
from bin.devserver.guard import Guard
from bin.devserver.planning import Plan
from bin.devserver.terminal import say

VAR = ROOT / "var"
DEMO = VAR / "demo.txt"
READY_WITHIN_SECONDS = 60
EARLY_DEATHS_ALLOWED = 2


class CannotStart(Exception):
    """Says in one sentence why, and what to do."""


class Stopped(Exception):
    """SIGINT, SIGTERM or SIGHUP came."""


class DevServer:
    """The processes of one bin/dev."""

    def __init__(self, plan: Plan):
        self._plan = plan
        self._stopped = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        self._guard = Guard()
        self._children = {name: self._child(name, plan.children[name]) for name in plan.children}

    def run(self) -> None:
        """Start everything in order, say so once a page would come, and keep it running."""
        try:
            for name in ("valkey", "simulator"):
                if name in self._children:
                    self._children[name].start()
            self._finish("migrate", planning.flask("db", "upgrade"))
            if data.nobody_signed_up(self._plan.settings.database_url):
                self._seed()
            for name in ("web", "worker"):
                self._children[name].start()
            self._wait_until_a_page_comes()
            self._announce()
            while True:
                self._keep_running()
        except Stopped:
            say("stopping")
        finally:
            # The broker and the payments last: whoever is finishing may still need them.
            children.stop([*self._children.values()][::-1])
            self._guard.dismiss()

    def _child(self, name: str, command: Sequence[str], lines: list[str] | None = None) -> Child:
        return Child(name, command, self._plan.environ, self._guard, lines)

    def _seed(self) -> None:
        """Something to look at. What the command says about its users is repeated at each start."""
        lines: list[str] = []
        try:
            self._finish("seed", planning.flask("seed-demo"), lines)
        except CannotStart as reason:
            say(f"{reason} The site starts without demo data.")
        else:
            DEMO.write_text("\n".join(lines) + "\n")

    def _finish(self, name: str, command: Sequence[str], lines: list[str] | None = None) -> None:
        """Run a command to its end, and keep its output in `lines`."""
        step = self._child(name, command, lines)
        step.start()
        try:
            while (code := step.exit_code()) is None:
                self._pause()
        finally:
            step.clear_away(patience_seconds=5)
        if code != 0:
            raise CannotStart(f"{name} failed: see above.")

    def _wait_until_a_page_comes(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        address = f"http://{planning.HOST}:{self._plan.settings.port}"
        while not (_answer(f"{address}/readyz") == 200 and _answer(f"{address}/") < 500):
            self._keep_running()
            for child in self._children.values():
                if child.early_deaths > EARLY_DEATHS_ALLOWED:
                    raise CannotStart(f"{child.name} does not start: see above.")
            if time.monotonic() > deadline:
                raise CannotStart(f"no page came within {READY_WITHIN_SECONDS} s: see above.")

    def _announce(self) -> None:
        if DEMO.exists():
            say(DEMO.read_text().rstrip())
        say(f"ticketbay is running at http://localhost:{self._plan.settings.port}")
        if self._plan.payments_address:
            say(f"payments simulator at {self._plan.payments_address}")

    def _keep_running(self) -> None:
        for child in self._children.values():
            child.keep_running()
        self._pause()

    def _pause(self) -> None:
        """What stands in every loop that waits."""
        time.sleep(0.1)
        self._guard.keep_running()
        if self._stopped:
            raise Stopped

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stopped = True


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/dev", description=__doc__)
    parser.add_argument("--reset", action="store_true", help="forget the data in var/ first")
    options = parser.parse_args()
    try:
        DevServer(_prepare(reset=options.reset)).run()
    except (ConfigError, CannotStart) as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _prepare(*, reset: bool) -> Plan:
    os.chdir(ROOT)
    if os.environ.get("ENVIRONMENT", "development") != "development":
        raise CannotStart("bin/dev is for development only: unset ENVIRONMENT.")
    if not data.take(VAR):
        raise CannotStart("bin/dev already runs in this folder: stop it first.")
    if reset:
        data.forget(VAR)
    made = planning.make(os.environ, VAR)
    if obstacle := ports.obstacle(made.settings.port):
        raise CannotStart(obstacle)
    return made


def _answer(address: str) -> int:
    """The status of the answer, 599 if none comes."""
    try:
        with urlopen(address, timeout=5) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except OSError:
        return 599


if __name__ == "__main__":
    sys.exit(main())
