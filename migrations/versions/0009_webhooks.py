"""Webhook endpoints, and what is sent to them

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade():
    op.add_column("messages", sa.Column("fanned_out_at", TIME, nullable=True))
    op.execute("UPDATE messages SET fanned_out_at = happened_at")  # before anybody could want it
    partial_index("ix_messages_not_fanned_out", "messages", ["position"], "fanned_out_at IS NULL")
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("owner_id", WHOLE, nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("old_secret", sa.String(), nullable=True),
        sa.Column("old_secret_until", TIME, nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("disabled_reason", sa.String(), nullable=True),
        sa.Column("disabled_at", TIME, nullable=True),
        sa.Column("last_success_at", TIME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("tries", WHOLE, nullable=False),
        sa.Column("next_try_at", TIME, nullable=False),
        sa.CheckConstraint(
            "status IN ('enabled', 'disabled')", name=op.f("ck_webhook_endpoints_status")
        ),
        sa.CheckConstraint(
            "(status = 'disabled') = (disabled_at IS NOT NULL)",
            name=op.f("ck_webhook_endpoints_disabled"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_webhook_endpoints_owner_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_index(op.f("ix_webhook_endpoints_owner_id"), "webhook_endpoints", ["owner_id"])
    partial_index(
        "ix_webhook_endpoints_due", "webhook_endpoints", ["next_try_at"], "status = 'enabled'"
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("endpoint_id", WHOLE, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("tries", WHOLE, nullable=False),
        sa.Column("next_try_at", TIME, nullable=False),
        sa.CheckConstraint(
            "status IN ('pending', 'delivered', 'failed')",
            name=op.f("ck_webhook_deliveries_status"),
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoints.id"],
            name=op.f("fk_webhook_deliveries_endpoint_id_webhook_endpoints"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_webhook_deliveries_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint(
            "endpoint_id", "message_id", name=op.f("uq_webhook_deliveries_endpoint_id_message_id")
        ),
    )
    op.create_index("ix_webhook_deliveries_log", "webhook_deliveries", ["endpoint_id", "id"])
    op.create_index(op.f("ix_webhook_deliveries_created_at"), "webhook_deliveries", ["created_at"])
    partial_index(
        "ix_webhook_deliveries_due",
        "webhook_deliveries",
        ["endpoint_id", "next_try_at"],
        "status = 'pending'",
    )
    op.create_table(
        "webhook_attempts",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("delivery_id", WHOLE, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("status_code", WHOLE, nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.Column("duration_ms", WHOLE, nullable=False),
        sa.CheckConstraint(
            "(status_code IS NULL) <> (trouble IS NULL)", name=op.f("ck_webhook_attempts_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["webhook_deliveries.id"],
            name=op.f("fk_webhook_attempts_delivery_id_webhook_deliveries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempts")),
    )
    op.create_index(op.f("ix_webhook_attempts_delivery_id"), "webhook_attempts", ["delivery_id"])


def downgrade():
    for table in ("webhook_attempts", "webhook_deliveries", "webhook_endpoints"):
        op.drop_table(table)
    op.drop_index("ix_messages_not_fanned_out", "messages")
    op.drop_column("messages", "fanned_out_at")


def partial_index(name, table, columns, condition):
    where = sa.text(condition)
    op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)
