"""Real processes: started with variables of their own, watched, and gone when the test is over."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from app.config import ROOT, Settings
from bin.devserver import sessions

Value = TypeVar("Value")


class Running:
    """A command that leads a session, so that whatever it starts can be found."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], log: Path):
        """`environ` is added to this machine's, from which all settings of ours are taken out."""
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=_clean_environ() | environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for(self, pattern: str, *, seconds: float = 30) -> None:
        """Until this is printed."""
        if not until(lambda: re.search(pattern, self.output), seconds=seconds):
            raise TimeoutError(f"{pattern!r} was not printed, but:\n{self.output}")

    def send(self, number: int) -> None:
        """Send the signal to the process itself and to nothing that it started."""
        self.process.send_signal(number)

    def ends(self, *, seconds: float) -> int:
        """The exit code, negative for a signal."""
        return self.process.wait(seconds)

    def left(self, *, seconds: float = 0) -> set[int]:
        """What still runs of everything it started, itself included, after waiting so long."""
        until(lambda: not self._all(), seconds=seconds)
        return self._all()

    def children(self) -> set[int]:
        """The processes it started itself."""
        of = self.process.pid
        listed = Path(f"/proc/{of}/task/{of}/children").read_text()
        return {int(child) for child in listed.split()}

    def clear_away(self) -> None:
        """Kill everything it started, and itself."""
        sessions.end([self.process.pid], patience_seconds=0)
        self.process.wait()

    def _all(self) -> set[int]:
        self.process.poll()
        return sessions.running({self.process.pid})


def until(read: Callable[[], Value], *, seconds: float) -> Value:
    """The first true value that `read` gives, or its last one when the time is over."""
    deadline = time.monotonic() + seconds
    while not (value := read()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return value


def start_worker(environ: Mapping[str, str], log: Path) -> Running:
    """`python worker.py`, once it says that it is ready."""
    worker = Running([sys.executable, "worker.py"], environ, log)
    try:
        worker.wait_for("worker ready")
    except TimeoutError:
        worker.clear_away()
        raise
    return worker


def _clean_environ() -> dict[str, str]:
    ours = {name.upper() for name in Settings.model_fields}
    return {name: value for name, value in os.environ.items() if name not in ours}
