"""A PostgreSQL that has gone silent is noticed within seconds.

One that is only slow ends a statement itself. One that is frozen, or that the network was cut
off from, says nothing at all, and libpq would wait for it without end.
"""

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

Value = TypeVar("Value")

STATEMENT_SECONDS = 5
LOCK_SECONDS = 2

CONNECT_ARGS: dict[str, Any] = {
    "options": f"-c lock_timeout={LOCK_SECONDS}s -c statement_timeout={STATEMENT_SECONDS}s"
    " -c timezone=UTC",
    "connect_timeout": 2,  # the shortest that libpq knows
    # Between two statements the kernel watches: it notices a network that was cut, but not a
    # server that is frozen, whose own kernel goes on answering.
    "keepalives_idle": 5,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,  # milliseconds
}


class Connection(psycopg.Connection[Any]):
    """One that gives up a server which does not answer in time."""

    # The server, if it is well, says earlier that a statement took too long. None: no limit.
    patience_seconds: float | None = STATEMENT_SECONDS + 1
    # Before each use the pool asks whether the server is there, the only statement outside of a
    # transaction. There is still a new connection to be tried within what a request may take.
    ping_seconds = 1.5

    def wait(self, gen: PQGen[Value], interval: float = 0.1, timeout: float | None = None) -> Value:
        if timeout is None and self.patience_seconds is not None:
            timeout = self.ping_seconds if self.autocommit else self.patience_seconds
        try:
            return super().wait(gen, interval, timeout)
        except psycopg.OperationalError:
            if self.info.transaction_status == TransactionStatus.ACTIVE:
                self.close()  # an answer that still comes must not be taken for the next one's
            raise
