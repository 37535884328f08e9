"""Is it alive, is it ready: what a platform's probes ask."""

import logging

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from redis.exceptions import RedisError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app import clock, heartbeat
from app.accounts.access import anyone
from app.config import ROOT, settings
from app.db import db, does_not_answer, transaction

bp = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    # A probe every few seconds must not log what database it is.
    logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)
    app.register_blueprint(bp)


def trouble_with_database() -> str | None:
    """What keeps every command from the database, in a sentence that says what to do."""
    try:
        with db.engine.connect() as connection:
            is_migrated = _is_migrated(connection)
    except DBAPIError as error:
        return does_not_answer(error)
    return None if is_migrated else "The database lacks the newest tables; run: flask db upgrade"


@bp.get("/livez")
@anyone
def livez() -> ResponseReturnValue:
    """The process answers. Asks nothing else, so that a sick database restarts nobody."""
    return jsonify(status="ok")


@bp.get("/readyz")
@anyone
def readyz() -> ResponseReturnValue:
    """Whether requests would succeed. Redis away or no sweep is degraded, not down."""
    try:
        with transaction():
            db.session.execute(text("DELETE FROM heartbeats WHERE name = 'writable?'"))
            is_migrated = _is_migrated(db.session.connection())
            last_sweep = heartbeat.last("sweep")
    except SQLAlchemyError as error:
        current_app.logger.error("not ready: %s", error)
        return jsonify(status="down", database="not writable"), 503
    if not is_migrated:
        return jsonify(status="down", migrations="run: flask db upgrade"), 503
    age = (clock.now() - last_sweep).total_seconds() if last_sweep else None
    late = age is None or age > 3 * settings().sweep_seconds + 5
    redis = _redis_answers()
    return jsonify(
        status="ok" if redis and not late else "degraded",
        database="ok",
        migrations="ok",
        redis="ok" if redis else "away",
        last_sweep_seconds_ago=None if age is None else round(age, 1),
    )


def _is_migrated(connection: Connection) -> bool:
    at = MigrationContext.configure(connection).get_current_heads()
    return set(at) == set(ScriptDirectory(str(ROOT / "migrations")).get_heads())


def _redis_answers() -> bool:
    try:
        return bool(current_app.extensions["broker"].redis.ping())
    except (RedisError, OSError):
        return False
