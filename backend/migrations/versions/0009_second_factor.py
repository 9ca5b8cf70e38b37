"""The second factor of operators, and what a person is told of their sign-ins."""

import sqlalchemy as sa
from alembic import op

revision = "0009_second_factor"
down_revision = "0008_grid"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
END_REASONS = "end_reason IN ('signed_out', 'token_reused', 'person_disabled', 'credentials_changed')"
OLD_END_REASONS = "end_reason IN ('signed_out', 'token_reused', 'person_disabled')"


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("secret_key_id", sa.String(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("enrolled_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_second_factor"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_second_factor_person_id_person"),
    )
    op.create_table(
        "second_factor_challenge",
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("enrols", sa.Boolean(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("tries_subject", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("token_digest", name="pk_second_factor_challenge"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_second_factor_challenge_person_id_person"),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f("ck_second_factor_challenge_tries")),
        sa.CheckConstraint("NOT enrols OR person_id IS NOT NULL", name=op.f("ck_second_factor_challenge_enrols")),
    )
    op.create_index("ix_second_factor_challenge_person_id", "second_factor_challenge", ["person_id"])
    op.create_index("ix_second_factor_challenge_expires_at", "second_factor_challenge", ["expires_at"])
    # Revision 0003 gave the check its table's name twice; the new one has the name that the model gives it.
    op.drop_constraint(op.f("ck_device_session_ck_device_session_end_reason"), "device_session")
    op.create_check_constraint(op.f("ck_device_session_end_reason"), "device_session", END_REASONS)
    # A sign-in is news about no complaint: such a message has no numbers, and is still told once.
    op.alter_column("notification", "number", nullable=True)
    op.alter_column("notification", "case_number", nullable=True)
    op.drop_constraint("uq_notification_event_id", "notification")
    op.create_unique_constraint(
        "uq_notification_event_id",
        "notification",
        ["event_id", "person_id", "kind", "number"],
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    """Go down."""
    op.execute("UPDATE notification SET number = coalesce(number, ''), case_number = coalesce(case_number, '')")
    op.drop_constraint("uq_notification_event_id", "notification")
    op.create_unique_constraint("uq_notification_event_id", "notification", ["event_id", "person_id", "kind", "number"])
    op.alter_column("notification", "number", nullable=False)
    op.alter_column("notification", "case_number", nullable=False)
    op.execute("UPDATE device_session SET end_reason = 'signed_out' WHERE end_reason = 'credentials_changed'")
    op.drop_constraint(op.f("ck_device_session_end_reason"), "device_session")
    op.create_check_constraint(
        op.f("ck_device_session_ck_device_session_end_reason"), "device_session", OLD_END_REASONS
    )
    op.drop_table("second_factor_challenge")
    op.drop_table("second_factor")
