"""A word with SQLite's query planner, which knows nothing of how often a value occurs."""

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from app.db import db


def without_index(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The column, for a condition that rules out too little to begin with.

    SQLite does not use an index for `+column`. PostgreSQL has statistics and decides itself.
    """
    plain = column.expression
    if db.engine.dialect.name != "sqlite":
        return plain
    return UnaryExpression(plain, operator=custom_op("+"), type_=plain.type)
