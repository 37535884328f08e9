"""A clone of the project in a folder of its own, whose commands can be run as a stranger would."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from pathlib import Path

from app.config import ROOT, Settings

NOT_CLONED = shutil.ignore_patterns(
    ".git", ".venv", "var", "__pycache__", ".*_cache", ".hypothesis", "node_modules"
)
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


def make_clone(folder: Path) -> Path:
    """The project as it is now, with a .venv that borrows the packages of this one."""
    shutil.copytree(ROOT, folder, ignore=NOT_CLONED)
    venv = folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(venv), "platbase": str(venv)})
    Path(packages, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    for tool in ("flask", "gunicorn", "honcho"):
        _script(venv / "bin" / tool, f'exec "{venv}/bin/python" -m {tool} "$@"')
    shutil.copy(folder / "requirements.txt", venv / "installed-requirements.txt")
    return folder


def clean_environ() -> dict[str, str]:
    """This machine's environment without anything that would set up ticketbay."""
    ours = {name.upper() for name in Settings.model_fields}
    return {name: value for name, value in os.environ.items() if name not in ours}


def _script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
