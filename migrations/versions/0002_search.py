"""Indexes for the search: full text on each database, and the zones of the venues

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Words arrive folded, so the tokenizer only has to split at spaces: `ascii` takes every
# other sign for a letter. `detail=none` keeps which event has a word, not where.
TABLE = """
CREATE VIRTUAL TABLE events_search USING fts5(
    search_words, content='events', content_rowid='id',
    tokenize='ascii', prefix='1 2 3', detail=none, columnsize=0
)
"""
ADD = "INSERT INTO events_search (rowid, search_words) VALUES (new.id, new.search_words);"
REMOVE = (
    "INSERT INTO events_search (events_search, rowid, search_words)"
    " VALUES ('delete', old.id, old.search_words);"
)
TRIGGERS = {
    "events_search_insert": f"AFTER INSERT ON events BEGIN {ADD} END",
    "events_search_delete": f"AFTER DELETE ON events BEGIN {REMOVE} END",
    "events_search_update": f"AFTER UPDATE OF id, search_words ON events BEGIN {REMOVE} {ADD} END",
}


def upgrade():
    op.create_index("ix_venues_timezone", "venues", ["timezone"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(TABLE)
        for name, what in TRIGGERS.items():
            op.execute(f"CREATE TRIGGER {name} {what}")
        op.execute("INSERT INTO events_search (events_search) VALUES ('rebuild')")
    else:
        op.execute(
            "CREATE INDEX events_search ON events USING gin"
            " (array_to_tsvector(array_remove(string_to_array(search_words, ' '), '')))"
            " WITH (fastupdate = off)"
        )


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        op.execute("DROP TABLE events_search")
    else:
        op.execute("DROP INDEX events_search")
    op.drop_index("ix_venues_timezone", "venues")
