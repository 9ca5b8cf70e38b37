"""The whole workflow: tasks of units and verifiers, clocks that stand still, outcomes; units beside role bindings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012_workflow"
down_revision = "0011_evidence"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
SWEPT = "state IN ('supplement', 'dispatched', 'feedback', 'callback')"
ON_THE_WAY = "kind = 'lead' AND status IN ('todo', 'signed', 'done')"


def new_columns() -> tuple[sa.Column, ...]:
    """Return what a case keeps from now on. What has no default may be missing: the release before goes on filing."""
    return (
        sa.Column("is_hard", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_physical", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("due_exact_at", INSTANT, nullable=True),
        sa.Column("total_started_at", INSTANT, nullable=True),
        sa.Column("pauses", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("stage_started_at", INSTANT, nullable=True),
        sa.Column("due_unit", sa.String(), nullable=True),
        sa.Column("paused_at", INSTANT, nullable=True),
        sa.Column("stage_due_at", INSTANT, nullable=True),
        sa.Column("missing", sa.ARRAY(sa.String()), nullable=True),
        sa.Column("proposed_unit", sa.String(), nullable=True),
        sa.Column("routing_rule", sa.String(), nullable=True),
        sa.Column("verification_flagged", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("outcome_contacted", sa.Boolean(), nullable=True),
        sa.Column("outcome_solved", sa.Boolean(), nullable=True),
        sa.Column("outcome_satisfied", sa.Boolean(), nullable=True),
        sa.Column("outcome_true", sa.Boolean(), nullable=True),
    )


def upgrade() -> None:
    """Go up."""
    for column in new_columns():
        op.add_column("command_case", column)
    op.create_index(
        "ix_command_case_stage_due", "command_case", ["stage_due_at", "id"], postgresql_where=sa.text(SWEPT)
    )
    op.add_column("role_binding", sa.Column("unit_code", sa.String(), nullable=True))
    op.drop_constraint("uq_role_binding_person_id", "role_binding", type_="unique")
    op.create_unique_constraint(
        "uq_role_binding_person_id",
        "role_binding",
        ["person_id", "role", "centre_id", "unit_code", "valid_from"],
        postgresql_nulls_not_distinct=True,
    )
    make_tasks()
    make_choices()


def make_tasks() -> None:
    """What units and verifiers are asked to do."""
    op.create_table(
        "case_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=True),
        sa.Column("centre_id", sa.Uuid(), nullable=False),
        sa.Column("assignee_person_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("signed_at", INSTANT, nullable=True),
        sa.Column("is_auto_signed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("done_by_person_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('lead', 'assist', 'verification')", name="ck_case_task_kind"),
        sa.CheckConstraint(
            "status IN ('todo', 'signed', 'done', 'accepted', 'returned', 'void')", name="ck_case_task_status"
        ),
        sa.CheckConstraint("kind <> 'verification' OR unit_code IS NULL", name="ck_case_task_unit"),
        sa.ForeignKeyConstraint(["case_id"], ["command_case.id"], name="fk_case_task_case_id_command_case"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_case_task_centre_id_centre"),
        sa.ForeignKeyConstraint(["assignee_person_id"], ["person.id"], name="fk_case_task_assignee_person_id_person"),
        sa.ForeignKeyConstraint(["done_by_person_id"], ["person.id"], name="fk_case_task_done_by_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_case_task"),
    )
    op.create_index("ix_case_task_case_id", "case_task", ["case_id"])
    op.create_index("uq_case_task_lead", "case_task", ["case_id"], unique=True, postgresql_where=sa.text(ON_THE_WAY))
    op.create_index("ix_case_task_unit", "case_task", ["centre_id", "unit_code", "status", "due_at", "id"])
    op.create_index("ix_case_task_assignee", "case_task", ["assignee_person_id", "status"])


def make_choices() -> None:
    """Closed lists that operators choose from."""
    op.create_table(
        "case_choice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('missing', 'send_back')", name="ck_case_choice_kind"),
        sa.PrimaryKeyConstraint("id", name="pk_case_choice"),
        sa.UniqueConstraint("kind", "code", "valid_from", name="uq_case_choice_kind"),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("case_choice")
    op.drop_table("case_task")
    # Without its unit a role in a unit would be one over the whole area.
    op.execute("DELETE FROM role_binding WHERE unit_code IS NOT NULL")
    op.drop_constraint("uq_role_binding_person_id", "role_binding", type_="unique")
    op.drop_column("role_binding", "unit_code")
    op.create_unique_constraint(
        "uq_role_binding_person_id", "role_binding", ["person_id", "role", "centre_id", "valid_from"]
    )
    op.drop_index("ix_command_case_stage_due", "command_case")
    for column in reversed(new_columns()):
        op.drop_column("command_case", column.name)
