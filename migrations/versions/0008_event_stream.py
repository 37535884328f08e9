"""The order of domain events, and the stream they are appended to

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FOREIGN_KEY = "fk_deliveries_message_id_messages"


def upgrade():
    op.create_table(
        "event_streams",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("last_entry", sa.String(), nullable=True),
        sa.Column("batch", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_event_streams")),
    )
    if op.get_bind().dialect.name == "sqlite":
        make_anew(
            sa.Column("position", WHOLE, nullable=False),
            *columns(),
            sa.Column("stream_batch", WHOLE, nullable=True),
            sa.PrimaryKeyConstraint("position", name=op.f("pk_messages")),
            sa.UniqueConstraint("id", name=op.f("uq_messages_id")),
        )
    else:
        op.add_column("messages", sa.Column("stream_batch", WHOLE, nullable=True))
        op.execute("ALTER TABLE messages ADD COLUMN position BIGINT")
        op.execute("""
            UPDATE messages SET position = counted.position
            FROM (SELECT id, row_number() OVER (ORDER BY id) AS position FROM messages) counted
            WHERE counted.id = messages.id
        """)
        op.execute("CREATE SEQUENCE messages_position_seq OWNED BY messages.position")
        op.execute("""
            ALTER TABLE messages ALTER COLUMN position SET NOT NULL,
            ALTER COLUMN position SET DEFAULT nextval('messages_position_seq')
        """)
        op.execute("""
            SELECT setval('messages_position_seq', COALESCE(MAX(position), 0) + 1, false)
            FROM messages
        """)
        change_keys("position", unique="id")
    op.create_index(
        "ix_messages_not_in_stream",
        "messages",
        ["position"],
        postgresql_where=sa.text("stream_batch IS NULL"),
        sqlite_where=sa.text("stream_batch IS NULL"),
    )


def downgrade():
    op.drop_index("ix_messages_not_in_stream", "messages")
    if op.get_bind().dialect.name == "sqlite":
        make_anew(*columns(), sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")))
    else:
        change_keys("id")
        op.drop_column("messages", "position")
        op.drop_column("messages", "stream_batch")
    op.drop_table("event_streams")


def columns():
    return (
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
    )


def change_keys(primary, unique=None):
    """The foreign key hangs on the key of the ids, whichever of the two kinds it is."""
    op.drop_constraint(FOREIGN_KEY, "deliveries", type_="foreignkey")
    op.drop_constraint("pk_messages", "messages", type_="primary")
    if unique:
        op.create_unique_constraint("uq_messages_id", "messages", [unique])
    else:
        op.drop_constraint("uq_messages_id", "messages", type_="unique")
    op.create_primary_key("pk_messages", "messages", [primary])
    op.create_foreign_key(FOREIGN_KEY, "deliveries", "messages", ["message_id"], ["id"])


def make_anew(*definition):
    """The table with other keys. What refers to it is made anew along with it, because SQLite
    checks foreign keys all the time and drops no table that something refers to.
    """
    names = ", ".join(column.name for column in columns())
    op.create_table("new_messages", *definition)
    op.execute(f"INSERT INTO new_messages ({names}) SELECT {names} FROM messages ORDER BY id")
    op.create_table(
        "new_deliveries",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("reaction", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("tries", WHOLE, nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('pending', 'done')", name=op.f("ck_deliveries_status")),
        sa.ForeignKeyConstraint(["message_id"], ["new_messages.id"], name=op.f(FOREIGN_KEY)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    names = "id, message_id, reaction, subject, status, tries, next_try_at"
    op.execute(f"INSERT INTO new_deliveries ({names}) SELECT {names} FROM deliveries")
    op.drop_table("deliveries")
    op.drop_table("messages")
    op.rename_table("new_messages", "messages")
    op.rename_table("new_deliveries", "deliveries")
    op.create_index("ix_messages_subject", "messages", ["subject"])
    op.create_index("ix_deliveries_message_id", "deliveries", ["message_id"])
    pending = sa.text("status = 'pending'")
    op.create_index("ix_deliveries_due", "deliveries", ["next_try_at"], sqlite_where=pending)
    op.create_index(
        "ix_deliveries_order", "deliveries", ["reaction", "subject", "id"], sqlite_where=pending
    )
