"""How somebody sells, and which browsers they are signed in with

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "seller_statements",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("business_name", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("vat_id", sa.String(), nullable=True),
        sa.Column("register", sa.String(), nullable=True),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('private', 'trade')", name=op.f("ck_seller_statements_kind")),
        sa.CheckConstraint(
            "(kind = 'trade') = (business_name IS NOT NULL AND address IS NOT NULL AND "
            "email IS NOT NULL AND phone IS NOT NULL AND vat_id IS NOT NULL)",
            name=op.f("ck_seller_statements_business"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_seller_statements_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seller_statements")),
    )
    op.create_index("ix_seller_statements_latest", "seller_statements", ["user_id", "id"])

    with op.batch_alter_table("user_sessions") as table:
        table.add_column(sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("browser", sa.String(), nullable=True))
    op.execute("UPDATE user_sessions SET last_seen_at = created_at")
    with op.batch_alter_table("user_sessions") as table:
        table.alter_column("last_seen_at", nullable=False)


def downgrade():
    with op.batch_alter_table("user_sessions") as table:
        table.drop_column("browser")
        table.drop_column("last_seen_at")
    op.drop_table("seller_statements")
