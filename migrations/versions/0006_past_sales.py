"""What tickets were sold for, by day

Revision ID: 0006
Revises: 0005
"""

from datetime import UTC
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEXES = {
    "ix_past_sales_event": ["event_id", "sold_on", "price_cents", "quantity"],
    "ix_past_sales_seller": ["seller_id", "sold_on", "price_cents", "quantity"],
}
COMPLETED = sa.text("""
    SELECT o.id AS order_id, l.event_id, l.seller_id, o.unit_price_cents AS price_cents,
           o.quantity, v.timezone,
           (SELECT MAX(t.at) FROM timeline_entries t
            WHERE t.order_id = o.id AND t.to_status = 'completed') AS sold_at
    FROM orders o
    JOIN listings l ON l.id = o.listing_id
    JOIN events e ON e.id = l.event_id
    JOIN venues v ON v.id = e.venue_id
    WHERE o.status = 'completed'
""").columns(sold_at=sa.DateTime(timezone=True))
BATCH = 1000


def upgrade():
    table = op.create_table(
        "past_sales",
        sa.Column("order_id", WHOLE, nullable=False),
        sa.Column("event_id", WHOLE, nullable=False),
        sa.Column("seller_id", WHOLE, nullable=False),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("price_cents", WHOLE, nullable=False),
        sa.Column("quantity", WHOLE, nullable=False),
        sa.CheckConstraint("price_cents > 0", name=op.f("ck_past_sales_price_positive")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_past_sales_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_past_sales_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_past_sales_event_id_events")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["users.id"], name=op.f("fk_past_sales_seller_id_users")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_past_sales")),
    )
    completed = op.get_bind().execute(COMPLETED)
    while rows := completed.fetchmany(BATCH):
        op.bulk_insert(table, [as_sale(row) for row in rows])
    for name, columns in INDEXES.items():
        op.create_index(name, "past_sales", columns)


def downgrade():
    op.drop_table("past_sales")


def as_sale(row):
    sale = dict(row._mapping)
    sold_at, zone = sale.pop("sold_at"), ZoneInfo(sale.pop("timezone"))
    if sold_at.tzinfo is None:  # SQLite has UTC without saying so
        sold_at = sold_at.replace(tzinfo=UTC)
    return sale | {"sold_on": sold_at.astimezone(zone).date()}
