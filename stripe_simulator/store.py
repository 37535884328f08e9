"""Everything the simulator remembers: JSON documents in SQLite, in memory or in a file."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

Document = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS by_status ON documents (kind, json_extract(body, '$.status'));
CREATE INDEX IF NOT EXISTS by_intent ON documents (kind, json_extract(body, '$.payment_intent'));
CREATE INDEX IF NOT EXISTS by_charge ON documents (kind, json_extract(body, '$.charge'));
"""

OPERATORS = {"=", "<", "<=", ">", ">=", "GLOB"}


class Store:
    """Documents by kind and id, in the order in which they were first put.

    All changes happen in transactions under one lock, so two requests that touch the same session,
    such as pay and expire, come one after the other. A document that was read is the caller's own
    copy.
    """

    def __init__(self, path: str | None = None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None
        )
        # A killed process loses nothing in WAL mode, whatever `synchronous` says; only a power cut
        # might.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes in the block, or none if it raises. Blocks may be nested; the outermost one
        decides.
        """
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._connection.execute("ROLLBACK")
                raise
            else:
                if self._depth == 1:
                    self._connection.execute("COMMIT")
            finally:
                self._depth -= 1

    def put(self, kind: str, document: Document) -> None:
        """Store a document under its `id`, replacing an older version without changing its place in
        the order.
        """
        with self._lock:
            self._connection.execute(
                "INSERT INTO documents (kind, id, body) VALUES (?, ?, ?) "
                "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                (kind, document["id"], json.dumps(document)),
            )

    def get(self, kind: str, identifier: str) -> Document | None:
        """The document, or None."""
        with self._lock:
            row = self._connection.execute(
                "SELECT body FROM documents WHERE kind = ? AND id = ?", (kind, identifier)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def delete(self, kind: str, identifier: str) -> None:
        """Forget a document, if it is there."""
        with self._lock:
            self._connection.execute(
                "DELETE FROM documents WHERE kind = ? AND id = ?", (kind, identifier)
            )

    def clear(self, *, keep: str) -> None:
        """Forget everything but the documents of one kind."""
        with self._lock:
            self._connection.execute("DELETE FROM documents WHERE kind != ?", (keep,))

    def find(
        self,
        kind: str,
        where: Mapping[str, Any] | None = None,
        *,
        newest_first: bool = False,
        older_than: str | None = None,
        newer_than: str | None = None,
        limit: int | None = None,
    ) -> list[Document]:
        """The documents of a kind that meet all conditions, oldest first unless told otherwise.

        `where` maps a field, or a field and an operator, to a value: `{"status": "open",
        "expires_at <=": now}`; a list or tuple as value means any of it. `older_than` and
        `newer_than` are ids of documents of the same kind.
        """
        clauses, values = ["kind = ?"], [kind]
        for field, value in (where or {}).items():
            clause, arguments = _condition(field, value)
            clauses.append(clause)
            values += arguments
        for cursor, sign in ((older_than, "<"), (newer_than, ">")):
            if cursor is not None:
                clauses.append(
                    f"position {sign} (SELECT position FROM documents WHERE kind = ? AND id = ?)"
                )
                values += [kind, cursor]
        direction = "DESC" if newest_first else "ASC"
        query = (
            f"SELECT body FROM documents WHERE {' AND '.join(clauses)} "
            f"ORDER BY position {direction} LIMIT ?"
        )
        with self._lock:
            rows = self._connection.execute(query, [*values, -1 if limit is None else limit])
            return [json.loads(body) for (body,) in rows.fetchall()]

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()


def _condition(field: str, value: Any) -> tuple[str, list[Any]]:
    """The SQL for one entry of `where`. Field names are the simulator's own, values are bound."""
    name, _, operator = field.partition(" ")
    column = f"json_extract(body, '$.{name}')"
    if isinstance(value, list | tuple):
        return f"{column} IN ({', '.join('?' * len(value))})", list(value)
    operator = operator or "="
    if operator not in OPERATORS:
        raise ValueError(f"unknown operator in {field!r}")
    return f"{column} {operator} ?", [value]
