"""The sites that the pages are looked at on: started, found, and entered as anybody."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.config import ROOT
from tests.support.commands import clean_environ


@dataclass(frozen=True)
class Site:
    """One marketplace. `names` are for the addresses in it, `cookies` for the people."""

    url: str
    names: dict[str, str]
    cookie_name: str
    cookies: dict[str, str]


@contextmanager
def running_sites() -> Iterator[dict[str, Site]]:
    """The marketplaces of states.py by their names, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="ticketbay-pages-") as folder:
        log = Path(folder, "log")
        with log.open("w") as errors:
            server = subprocess.Popen(
                [sys.executable, "-m", "tests.pages.server", folder],
                cwd=ROOT,
                env=clean_environ(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert server.stdin
        assert server.stdout
        try:
            line = server.stdout.readline()
            assert line, log.read_text()
            yield {name: Site(**facts) for name, facts in json.loads(line).items()}
        finally:
            server.stdin.close()
            server.wait(10)
