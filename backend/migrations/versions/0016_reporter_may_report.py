"""The question of the quota in one call: hold the reporter's row, then count with a snapshot taken afterwards."""

from alembic import op

revision = "0016_reporter_may_report"
down_revision = "0015_catalogue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    # VOLATILE, so that in READ COMMITTED each of its statements has a snapshot of its own: what the transaction before
    # in the queue for the row has written is counted. The lock leaves the key alone, as `lock_person` does.
    op.execute("""
        CREATE FUNCTION reporter_may_report(reporter uuid, since timestamptz, quota integer) RETURNS boolean
        LANGUAGE plpgsql VOLATILE AS $$
        BEGIN
            PERFORM FROM person WHERE id = reporter AND disabled_at IS NULL FOR NO KEY UPDATE;
            IF NOT FOUND THEN
                RETURN false;
            END IF;
            PERFORM FROM case_reporter WHERE person_id = reporter AND reported_at > since
              ORDER BY reported_at DESC OFFSET quota - 1 LIMIT 1;
            RETURN NOT FOUND;
        END
        $$
    """)


def downgrade() -> None:
    """Go down."""
    op.execute("DROP FUNCTION reporter_may_report(uuid, timestamptz, integer)")
