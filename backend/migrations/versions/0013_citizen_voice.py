"""What reporters think of a round of handling: one rating each, beside the ledger that tells it too."""

import sqlalchemy as sa
from alembic import op

revision = "0013_citizen_voice"
down_revision = "0012_workflow"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "case_rating",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("is_solved", sa.Boolean(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name="ck_case_rating_stars"),
        sa.ForeignKeyConstraint(["case_id"], ["command_case.id"], name="fk_case_rating_case_id_command_case"),
        sa.ForeignKeyConstraint(["number"], ["case_reporter.number"], name="fk_case_rating_number_case_reporter"),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_case_rating"),
        sa.UniqueConstraint("number", "round", name="uq_case_rating_number"),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("case_rating")
