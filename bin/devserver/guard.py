"""Ends what bin/dev started when bin/dev itself is killed, even by SIGKILL, on any Unix.

It holds the end of a pipe that only bin/dev writes to: `+123` when a session begins and `-123`
when it is over. The pipe closes when bin/dev dies, whatever it dies of.
"""

import signal
import subprocess
import sys
import time
from contextlib import suppress

from bin.devserver import sessions
from bin.devserver.terminal import say

SHORTEST_LIFE_SECONDS = 1


class Guard:
    """The guard as bin/dev sees it."""

    def __init__(self) -> None:
        self._sessions: set[int] = set()
        self._start()

    def watch_over(self, session: int) -> None:
        self._sessions.add(session)
        self._tell(f"+{session}")

    def forget(self, session: int) -> None:
        self._sessions.discard(session)
        self._tell(f"-{session}")

    def keep_running(self) -> None:
        """Start it again if it died. The new one is told all that there is to watch over."""
        if self._process.poll() is None:
            return
        if time.monotonic() < self._started_at + SHORTEST_LIFE_SECONDS:
            return  # what dies at once again and again shall not fill the terminal
        say("guard ended; starting it again")
        self._start()

    def dismiss(self) -> None:
        """It ends what it still watches over, then itself."""
        self._process.communicate()

    def _start(self) -> None:
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bin.devserver.guard"],
            stdin=subprocess.PIPE,
            bufsize=0,  # nothing is left to be written to a guard that is dead
            start_new_session=True,  # a kill of the terminal's processes must not reach it
        )
        for session in self._sessions:
            self._tell(f"+{session}")

    def _tell(self, line: str) -> None:
        assert self._process.stdin
        with suppress(BrokenPipeError):  # it is dead, and the next one is told all
            self._process.stdin.write(f"{line}\n".encode())


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watched = set()
    for line in sys.stdin:
        session = int(line[1:])
        if line.startswith("+"):
            watched.add(session)
        else:
            watched.discard(session)
    sessions.end(watched, patience_seconds=5)


if __name__ == "__main__":
    main()
