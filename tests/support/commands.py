"""A command of a clone that runs, and what it prints."""

import os
import re
import subprocess
import threading
import time
from pathlib import Path

from app.config import Settings

PATIENCE_SECONDS = 90


class Running:
    """A command that runs in a clone, and what it has printed so far."""

    def __init__(self, command: list[str], folder: Path, environ: dict[str, str]):
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.output = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, pattern: str, *, seconds: float = PATIENCE_SECONDS) -> str:
        """The whole line that the pattern is found in, once it is printed."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in self.output.splitlines():
                if re.search(pattern, line):
                    return line
            if self.process.poll() is not None and not self._reader.is_alive():
                break
            time.sleep(0.05)
        raise AssertionError(f"{pattern!r} was not printed, but:\n{self.output}")

    def ends(self, *, seconds: float = PATIENCE_SECONDS) -> int:
        """The exit code."""
        code = self.process.wait(seconds)
        self._reader.join(5)
        return code

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.output += line


def clean_environ() -> dict[str, str]:
    """This machine's environment without anything that would set up ticketbay."""
    ours = {name.upper() for name in Settings.model_fields}
    return {name: value for name, value in os.environ.items() if name not in ours}
