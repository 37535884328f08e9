"""The cheapest listings of all events

Revision ID: 0010
Revises: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_listings_price", "listings", ["status", "price_cents", "id"])


def downgrade():
    op.drop_index("ix_listings_price", table_name="listings")
