"""How Alembic reaches the database: through the app, on whichever database it is set to."""

from alembic import context
from flask import current_app
from sqlalchemy.exc import OperationalError

from app.catalog.search_index import is_described_by_models
from app.db import UTCDateTime, does_not_answer


def render_item(kind: str, item: object, _autogen: object) -> str | bool:
    """A migration says what the column is in SQL, so that it outlives our own types."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


migrate = current_app.extensions["migrate"]
engine = migrate.db.engine
configure_args = {
    "target_metadata": migrate.db.metadata,
    "render_item": render_item,
    "include_object": is_described_by_models,
    **migrate.configure_args,
}

if context.is_offline_mode():
    raise SystemExit("migrations look at the database; --sql is not supported")

try:
    connecting = engine.connect()
except OperationalError as error:
    raise SystemExit(does_not_answer(error)) from None

with connecting as connection:
    if engine.dialect.name == "postgresql":
        # The limits that protect requests must not stop a migration of a large table.
        connection.connection.driver_connection.patience_seconds = None
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("SET lock_timeout = '10s'")
        connection.commit()
    context.configure(connection=connection, **configure_args)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
