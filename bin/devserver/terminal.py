"""One line at a time, from many threads."""

import sys
import threading
from contextlib import suppress

_lock = threading.Lock()


def say(line: str, name: str = "") -> None:
    """Print a line, after the name of the process it comes from."""
    prefix = f"{name:<9} | " if name else ""
    with _lock, suppress(OSError):  # whoever read our output has gone: run on
        sys.stdout.write(f"{prefix}{line}\n")
        sys.stdout.flush()
