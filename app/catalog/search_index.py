"""What the search keeps in the database beside the tables of the models."""

from typing import Any

SEARCH_INDEX = "events_search"


def is_described_by_models(
    _object: Any, name: str | None, kind: str, reflected: bool, _compared_to: Any
) -> bool:
    """Alembic's `include_object`: leaves out what migration 0002 makes, which is no model's.

    On SQLite that is a virtual table with its shadow tables, on PostgreSQL an index.
    """
    return not (reflected and name is not None and name.startswith(SEARCH_INDEX))
