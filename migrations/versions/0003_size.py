"""Indexes for what grew with the number of events and listings

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_events_city_newest": ("events", ["city_key", "created_at", "id"]),
    "ix_events_category_newest": ("events", ["category", "created_at", "id"]),
    "ix_listings_section": ("listings", ["event_id", "status", "section", "price_cents", "id"]),
    "ix_listings_event": ("listings", ["event_id", "status", "id", "version"]),
    "ix_tickets_status": ("tickets", ["listing_id", "status", "id", "held_until"]),
}
# FTS5 gathers all that has a prefix before it gives the first, unless it has an index of just
# that length.
PREFIXES, PREFIXES_BEFORE = "1 2 3 4 5 6 7 8 9 10 11 12", "1 2 3"
TABLE = """
CREATE VIRTUAL TABLE events_search USING fts5(
    search_words, content='events', content_rowid='id',
    tokenize='ascii', prefix='{prefixes}', detail=none, columnsize=0
)
"""


def upgrade():
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)
    op.drop_index("ix_tickets_available", "tickets")
    _index_prefixes(PREFIXES)


def downgrade():
    _index_prefixes(PREFIXES_BEFORE)
    op.create_index("ix_tickets_available", "tickets", ["listing_id", "status"])
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table)


def _index_prefixes(prefixes):
    """The triggers on `events` know the table by its name and stay."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE events_search")
        op.execute(TABLE.format(prefixes=prefixes))
        op.execute("INSERT INTO events_search (events_search) VALUES ('rebuild')")
