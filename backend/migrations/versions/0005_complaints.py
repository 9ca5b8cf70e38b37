"""Complaints of citizens, each with a number of its own and the case it opened."""

import sqlalchemy as sa
from alembic import op

revision = "0005_complaints"
down_revision = "0004_cases"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go up."""
    make_complaints()
    op.execute("CREATE SEQUENCE complaint_serial INCREMENT BY 100")


def make_complaints() -> None:
    """A complaint points to its case; several may share one."""
    op.create_table(
        "complaint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("identity_shown", sa.String(), nullable=False),
        sa.Column("filed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["command_case.id"], name="fk_complaint_case_id_command_case"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_complaint_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_complaint"),
        sa.UniqueConstraint("number", name="uq_complaint_number"),
    )
    op.create_index("ix_complaint_case_id", "complaint", ["case_id"])
    op.create_index("ix_complaint_person_id_filed_at_id", "complaint", ["person_id", "filed_at", "id"])


def downgrade() -> None:
    """Go down."""
    op.execute("DROP SEQUENCE complaint_serial")
    for table in ("complaint",):
        op.drop_table(table)
