"""Child processes: started together, started again when they die, stopped together."""

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO

from app.config import ROOT
from bin.devserver import sessions
from bin.devserver.guard import Guard
from bin.devserver.terminal import say

LONG_LIFE_SECONDS = 30  # who lived that long has not failed to start
LONGEST_PAUSE_SECONDS = 15
PATIENCE_SECONDS = 25  # gunicorn gives its requests 20


class Child:
    """One process that is kept running. Its output appears here, each line with its name."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environ: Mapping[str, str],
        guard: Guard,
        lines: list[str] | None = None,
    ):
        """What it says is kept in `lines`, too, if there is such a list."""
        self.name = name
        self._lines = lines
        self.early_deaths = 0
        self._command = command
        self._environ = environ
        self._guard = guard
        self._start_at = 0.0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._guard.watch_over(self._process.pid)
        assert self._process.stdout
        self._reader = threading.Thread(target=self._read, args=[self._process.stdout], daemon=True)
        self._reader.start()

    def keep_running(self) -> None:
        """Start it again if it died: soon at first, later the more often it fails."""
        if self._process is None:
            if time.monotonic() >= self._start_at:
                self.start()
            return
        code = self._process.poll()
        if code is None:
            return
        self.clear_away(patience_seconds=0)
        lived_long = time.monotonic() - self._started_at > LONG_LIFE_SECONDS
        self.early_deaths = 0 if lived_long else self.early_deaths + 1
        pause = min(0.25 * 2**self.early_deaths, LONGEST_PAUSE_SECONDS)
        self._start_at = time.monotonic() + pause
        say(f"{self.name} ended ({_how(code)}); starting it again in {pause:.1f} s")

    def exit_code(self) -> int | None:
        """How it ended, or None while it runs."""
        return self._process.poll() if self._process else None

    def clear_away(self, *, patience_seconds: float) -> None:
        """Stop it and everything it started, whether it still runs or not."""
        if self._process:
            sessions.end([self._process.pid], patience_seconds=patience_seconds)
            self._process.wait()
            self._reader.join(timeout=1)
            self._guard.forget(self._process.pid)
            self._process = None

    def _read(self, output: IO[str]) -> None:
        for line in output:
            say(line.rstrip(), self.name)
            if self._lines is not None:
                self._lines.append(line.rstrip())


def stop(children: Sequence[Child]) -> None:
    """Stop them in this order, each when the one before is gone."""
    for child in children:
        child.clear_away(patience_seconds=PATIENCE_SECONDS)


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
