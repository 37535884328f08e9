"""The database handle, and the one way to change it: inside transaction()."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    CursorResult,
    DateTime,
    Engine,
    Executable,
    Index,
    Integer,
    MetaData,
    event,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

from app import postgresql
from app.config import ConfigError, Settings

log = logging.getLogger(__name__)


class UTCDateTime(TypeDecorator[datetime]):
    """Aware datetimes in and out, as UTC. SQLite forgets the zone, so it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None or value.tzinfo:
            return value
        return value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    # Named constraints, so that migrations can change them on both databases.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    registry = registry(
        metadata=metadata,
        type_annotation_map={
            # SQLite numbers rows only in a column that says INTEGER; it is 64 bits wide, too.
            int: BigInteger().with_variant(Integer, "sqlite"),
            datetime: UTCDateTime,
        },
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:

    class Model(Base):
        """What every model derives from."""

        __abstract__ = True

else:
    Model = db.Model

Row = TypeVar("Row", bound=Base)


@contextmanager
def transaction() -> Iterator[None]:
    """Commit if the block finishes, roll back if it raises.

    Opened by routes, jobs and commands, never by domain code: what belongs
    together is decided where the work enters the system. It does not nest.
    What was read before it is read again inside it.
    """
    session = db.session
    assert not in_transaction(), "transaction() does not nest"
    session.rollback()
    session.info["in_transaction"] = True
    session.info["after_commit"] = {}
    try:
        session.connection(execution_options={"writes": True})
        yield
        session.commit()
        callbacks = session.info["after_commit"]
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["in_transaction"] = False
        session.info["after_commit"] = {}
    for callback, arguments in callbacks:
        _call_back(callback, arguments)


def in_transaction() -> bool:
    """Whether the caller stands inside `with transaction():`."""
    return bool(db.session.info.get("in_transaction"))


def after_commit(callback: Callable[..., object], *arguments: object) -> None:
    """Call this once the surrounding transaction is committed, once for equal arguments.

    For hints that speed things up, such as waking the worker: what must not be
    lost is a row. A failure is logged, because the change itself stands.
    """
    assert in_transaction(), "after_commit() belongs into a transaction()"
    db.session.info["after_commit"][callback, arguments] = None


def lock(model: type[Row], id: object) -> Row:
    """The row as it is now, locked until the transaction ends. NoResultFound if there is none.

    Always in this order: buyer or seller, order, attempt, listing, tickets. On
    PostgreSQL it is FOR NO KEY UPDATE, because FOR UPDATE deadlocks with the foreign
    key of a row that another transaction inserts. On SQLite, transaction() holds the only lock.
    """
    assert in_transaction(), "lock() belongs into a transaction()"
    return db.session.get_one(
        model, id, with_for_update={"key_share": True}, populate_existing=True
    )


def move(row: Any, *, from_status: str, to_status: str) -> bool:
    """Change the row's status if it still is `from_status`. True if we did it.

    One conditional UPDATE decides every race: payment against expiry, double
    click against double click. Whoever gets False has lost and does nothing.
    """
    model = type(row)
    return (
        changed(
            update(model)
            .where(model.id == row.id, model.status == from_status)
            .values(status=to_status)
        )
        == 1
    )


def changed(statement: Executable) -> int:
    """Run an UPDATE, DELETE or INSERT and say how many rows it changed."""
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the rows that fit `where`: small where few are in question."""
    condition = text(where)
    return Index(name, *columns, unique=unique, postgresql_where=condition, sqlite_where=condition)


def init_app(app: Flask, settings: Settings) -> None:
    """Bind the database to the app, tuned for the one it is. ConfigError if it cannot be there."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    options: dict[str, Any] = {
        # Each thread holds one connection at most. A worker has two tickers at least.
        "pool_size": max(settings.web_threads, 2),
        "max_overflow": 0,
        "pool_timeout": 1,
        "pool_pre_ping": True,
        # Parameters stay out of errors and so out of logs: they are addresses and hashes.
        "hide_parameters": True,
    }
    if settings.is_sqlite:
        _make_folder(settings.database_url)
    else:
        options["connect_args"] = postgresql.CONNECT_ARGS
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    # What was read stays readable after a commit without asking again; transaction() starts anew.
    app.config["SQLALCHEMY_RECORD_QUERIES"] = False
    db.init_app(app)
    with app.app_context():
        prepare_sqlite(db.engine)
        prepare_postgresql(db.engine)


def does_not_answer(error: DBAPIError) -> str:
    """What an operator is told when this came of an attempt to connect. Without the password."""
    url = db.engine.url
    where = url.database if url.drivername == "sqlite" else url.host or "localhost"
    reason = str(error.orig).partition("\n")[0]
    return f"The database at {where} does not answer ({reason}): start it or correct DATABASE_URL."


def prepare_sqlite(engine: Engine) -> None:
    """Make SQLite wait for its turn instead of failing.

    A transaction that reads first and writes later fails at once with
    "database is locked" if another one wrote in between, whatever the busy
    timeout says. One that begins IMMEDIATE takes its place in the queue.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN, not sqlite3
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",  # what we promised survives a power cut
            "foreign_keys = ON",
            # Rows scattered over a large file are read from memory, not with a call for each page.
            "mmap_size = 1073741824",
            "busy_timeout = 5000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def prepare_postgresql(engine: Engine) -> None:
    """Make PostgreSQL's connections notice when it has gone silent."""
    if engine.dialect.name != "postgresql":
        return

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, cargs: Any, cparams: Any) -> postgresql.Connection:
        return postgresql.Connection.connect(*cargs, **cparams)


def _make_folder(sqlite_url: str) -> None:
    """The default lies in var/, which a fresh clone does not have."""
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"DATABASE_URL needs the folder {folder}, which cannot be made: {error.strerror}."
        ) from None


def _call_back(callback: Callable[..., object], arguments: tuple[object, ...]) -> None:
    try:
        callback(*arguments)
    except Exception:
        log.exception("after the commit: %s%r failed", callback.__qualname__, arguments)
