"""A clone of the project in a folder of its own, whose commands can be run as a stranger would."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from bin.devserver import sessions
from tests.support.clones import make_clone
from tests.support.commands import Running, clean_environ


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The project as it is now, in a folder of its own."""
    return make_clone(tmp_path / "ticketbay")


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
