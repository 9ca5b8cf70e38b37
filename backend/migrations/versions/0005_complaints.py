"""Complaints of citizens, each with a number of its own and the case it opened; what citizens read of each step."""

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
    make_wording()
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


def make_wording() -> None:
    """The words of a step, with the days they hold for."""
    op.create_table(
        "step_wording",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transition", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_step_wording"),
        sa.UniqueConstraint("transition", "valid_from", name="uq_step_wording_transition"),
    )


def downgrade() -> None:
    """Go down."""
    op.execute("DROP SEQUENCE complaint_serial")
    op.drop_table("step_wording")
    op.drop_table("complaint")
