"""When an event was last changed, for search engines and calendars

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    # Not in a batch, which would make the table anew on SQLite, without the triggers for search.
    op.add_column("events", sa.Column("changed_at", sa.DateTime(timezone=True)))


def downgrade():
    op.drop_column("events", "changed_at")
