"""Free ports, and the one that is remembered."""

import errno
import socket
from contextlib import suppress
from pathlib import Path

HIGHEST = 65535


def obstacle(port: int) -> str | None:
    """Why a server cannot listen there, in one sentence that says what to do."""
    if is_free(port):
        return None
    if _refusal(port) == errno.EACCES:
        return f"Port {port} is for the system only: try PORT=8000."
    other = port + 1 if port < HIGHEST else port - 1
    return f"Port {port} is in use: stop what runs there or try PORT={other}."


def is_free(port: int) -> bool:
    """Whether a server could listen there, and nobody answers at localhost already."""
    with suppress(OSError), socket.create_connection(("localhost", port), 0.5):
        return False
    return _refusal(port) is None


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


def _refusal(port: int) -> int | None:
    """With which error the system refuses the port, if it does."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return error.errno
            raise
    return None
