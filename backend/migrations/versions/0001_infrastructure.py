"""The outbox, the idempotency records, and procrastinate's queue (schema of version 3.10.0)."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001_infrastructure"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "outbox_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox_event"),
    )
    op.create_index("ix_outbox_event_subject_id", "outbox_event", ["subject_id"])
    op.create_table(
        "idempotency_record",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.JSON(), nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", "operation", "key", name="pk_idempotency_record"),
    )
    op.create_index("ix_idempotency_record_created_at", "idempotency_record", ["created_at"])
    # The driver, not SQLAlchemy, runs it: the text is full of colons and percent signs of its own.
    op.get_bind().connection.dbapi_connection.execute(SchemaManager.get_schema())


def downgrade() -> None:
    """Go down."""
    for table in (
        "procrastinate_periodic_defers",
        "procrastinate_events",
        "procrastinate_jobs",
        "procrastinate_workers",
    ):
        op.execute(f"DROP TABLE IF EXISTS {table} CASCADE")
    op.execute(
        """
        DO $$ DECLARE found record; BEGIN
          FOR found IN SELECT p.oid::regprocedure AS name FROM pg_proc p
            WHERE p.pronamespace = current_schema()::regnamespace AND p.proname LIKE 'procrastinate%'
          LOOP EXECUTE 'DROP FUNCTION ' || found.name || ' CASCADE'; END LOOP;
          FOR found IN SELECT t.oid::regtype AS name FROM pg_type t
            WHERE t.typnamespace = current_schema()::regnamespace AND t.typname LIKE 'procrastinate%'
              AND t.typtype IN ('e', 'c')
          LOOP EXECUTE 'DROP TYPE ' || found.name || ' CASCADE'; END LOOP;
        END $$
        """
    )
    op.drop_table("idempotency_record")
    op.drop_table("outbox_event")
