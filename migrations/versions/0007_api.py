"""Programs that are signed in, and what was answered to their requests

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "token_sessions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", WHOLE, nullable=False),
        sa.Column("refresh_hash", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_token_sessions_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_sessions")),
    )
    op.create_index(op.f("ix_token_sessions_user_id"), "token_sessions", ["user_id"])
    op.create_index(op.f("ix_token_sessions_expires_at"), "token_sessions", ["expires_at"])
    op.create_table(
        "idempotent_requests",
        sa.Column("user_id", WHOLE, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("claimed_until", TIME, nullable=False),
        sa.Column("status", WHOLE, nullable=True),
        sa.Column("headers", sa.JSON(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint(
            "(status IS NULL) = (body IS NULL)", name=op.f("ck_idempotent_requests_answered")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_idempotent_requests_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotent_requests")),
    )
    op.create_index(
        op.f("ix_idempotent_requests_created_at"), "idempotent_requests", ["created_at"]
    )


def downgrade():
    op.drop_table("idempotent_requests")
    op.drop_table("token_sessions")
