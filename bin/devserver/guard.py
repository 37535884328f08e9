"""Ends what bin/dev started when bin/dev itself is killed, even by SIGKILL, on any Unix.

It holds the end of a pipe that only bin/dev writes to: `+123` when a session begins and `-123`
when it is over. The pipe closes when bin/dev dies, whatever it dies of.
"""

import signal
import subprocess
import sys

from bin.devserver import sessions


class Guard:
    """The guard as bin/dev sees it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bin.devserver.guard"],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a kill of the terminal's processes must not reach it
        )

    def watch_over(self, session: int) -> None:
        self._tell(f"+{session}")

    def forget(self, session: int) -> None:
        self._tell(f"-{session}")

    def dismiss(self) -> None:
        """It ends what it still watches over, then itself."""
        self._process.communicate()

    def _tell(self, line: str) -> None:
        assert self._process.stdin
        print(line, file=self._process.stdin, flush=True)


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
