"""A clone of the project in a folder of its own, whose commands can be run as a stranger would."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from app.config import ROOT, Settings
from bin.devserver import sessions

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


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The project as it is now, with a .venv that borrows the packages of this one."""
    folder = tmp_path / "ticketbay"
    shutil.copytree(ROOT, folder, ignore=NOT_CLONED)
    venv = folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    packages = sysconfig.get_path("purelib", vars={"base": str(venv), "platbase": str(venv)})
    Path(packages, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    for tool in ("flask", "gunicorn", "honcho"):
        _script(venv / "bin" / tool, f'exec "{venv}/bin/python" -m {tool} "$@"')
    shutil.copy(folder / "requirements.txt", venv / "installed-requirements.txt")
    return folder


@pytest.fixture
def run(clone: Path) -> Iterator[Callable[..., Running]]:
    """Starts a command of the clone with these variables: `run("bin/dev", PORT="8001")`."""
    started: list[Running] = []

    def start(*command: str, folder: Path = clone, **environ: str) -> Running:
        started.append(Running(list(command), folder, clean_environ() | environ))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGTERM)
            running.ends(seconds=40)


@pytest.fixture
def port() -> str:
    """One that is free now."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return str(server.getsockname()[1])


def clean_environ() -> dict[str, str]:
    """This machine's environment without anything that would set up ticketbay."""
    ours = {name.upper() for name in Settings.model_fields}
    return {name: value for name, value in os.environ.items() if name not in ours}


def get(address: str, *, seconds: float = 0) -> int:
    """The status of the answer, or 0 if none came within that time."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urlopen(address, timeout=5) as answer:
                return answer.status
        except HTTPError as error:
            return error.code
        except OSError:
            if time.monotonic() > deadline:
                return 0
            time.sleep(0.1)


def processes_in(folder: Path) -> dict[int, str]:
    """Every running process that works in this folder or below it, and its command line."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                working_in = (entry / "cwd").resolve(strict=True)
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if working_in.is_relative_to(folder) and words != [b""]:
                found[int(entry.name)] = b" ".join(words).decode()
    return found


def gone(folder: Path, *, seconds: float) -> dict[int, str]:
    """Who still runs there after waiting so long for everybody to end."""
    deadline = time.monotonic() + seconds
    while (left := processes_in(folder)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def the_one(folder: Path, words: str) -> int:
    """The process there whose command line holds these words and that leads a session."""
    (found,) = [
        process
        for process, command in processes_in(folder).items()
        if words in command
        and process in sessions.running({process})
        and os.getsid(process) == process
    ]
    return found


def _script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
