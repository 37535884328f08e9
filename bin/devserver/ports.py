"""Free ports, and the one that is remembered."""

import errno
import socket
from contextlib import suppress
from pathlib import Path


def is_free(port: int) -> bool:
    """Whether a server could listen there, and nobody answers at localhost already."""
    with suppress(OSError), socket.create_connection(("localhost", port), 0.5):
        return False
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def any_free() -> int:
    """A port that the system says is free."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def remembered(file: Path, first: int) -> int:
    """The port in this file, else the first free one from `first` on, which the file then holds."""
    known = [int(file.read_text())] if file.exists() else []
    port = next(port for port in [*known, *range(first, first + 500)] if is_free(port))
    file.write_text(f"{port}\n")
    return port
