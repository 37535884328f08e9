"""Every child leads a session, so whatever it starts, and leaves behind, can be found and ended.

Process groups would not do: RQ gives each job a group of its own.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def end(sessions: Iterable[int], *, patience_seconds: float) -> None:
    """Ask the leaders to stop, wait, then kill whoever of their sessions is still there."""
    sessions = set(sessions)
    for leader in sessions & running(sessions):
        _send(leader, signal.SIGTERM)
    _wait_until_gone(sessions, patience_seconds)
    for _ in range(20):  # again, because between listing and killing a process may fork
        for process in running(sessions):
            _send(process, signal.SIGKILL)
        if _wait_until_gone(sessions, 0.1):
            return


def running(sessions: set[int]) -> set[int]:
    """The processes that belong to one of these sessions. The dead that nobody buried are none."""
    return {process for process, session in _processes() if session in sessions}


def _processes() -> Iterable[tuple[int, int]]:
    """Each running process and its session."""
    if sys.platform == "linux":
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with suppress(OSError):  # it has just ended
                    # "pid (name, which may hold anything) state parent group session ..."
                    facts = (entry / "stat").read_text().rpartition(")")[2].split()
                    if facts[0] != "Z":
                        yield int(entry.name), int(facts[3])
        return
    listing = subprocess.run(["ps", "-A", "-o", "pid=,stat="], capture_output=True, text=True)
    for line in listing.stdout.splitlines():
        process, state = line.split(maxsplit=1)
        if not state.startswith("Z"):
            with suppress(OSError):
                yield int(process), os.getsid(int(process))


def _wait_until_gone(sessions: set[int], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while running(sessions):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _send(process: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(process, number)
