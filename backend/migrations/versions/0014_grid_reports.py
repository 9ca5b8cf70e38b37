"""Reports of grid workers, each taken once by the id that the phone gave it; the serials of their numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0014_grid_reports"
down_revision = "0013_citizen_voice"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "grid_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("captured_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("receipt_state", sa.String(), nullable=False),
        sa.Column("receipt_due_at", INSTANT, nullable=False),
        sa.Column("content_salt", sa.LargeBinary(16), nullable=False),
        sa.Column("content_digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["command_case.id"], name="fk_grid_report_case_id_command_case"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_grid_report_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_grid_report"),
        sa.UniqueConstraint("number", name="uq_grid_report_number"),
        sa.UniqueConstraint("person_id", "client_id", name="uq_grid_report_person_id"),
    )
    op.create_index("ix_grid_report_case_id", "grid_report", ["case_id"])
    op.create_index(
        "ix_grid_report_person_id_captured_at_client_id", "grid_report", ["person_id", "captured_at", "client_id"]
    )
    op.execute("CREATE SEQUENCE grid_report_serial INCREMENT BY 100")


def downgrade() -> None:
    """Go down."""
    op.execute("DROP SEQUENCE grid_report_serial")
    op.drop_table("grid_report")
