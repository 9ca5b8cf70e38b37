"""Cases, their reporters, texts and ledger; limits and grounds of rejection with the days they hold for."""

import sqlalchemy as sa
from alembic import op

revision = "0004_cases"
down_revision = "0003_identity"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go up."""
    make_cases()
    make_ledger()
    make_rules()
    guard_the_ledger()
    op.execute("CREATE SEQUENCE case_serial INCREMENT BY 100")


def make_cases() -> None:
    """A case, who reported it, and its texts, which may be erased."""
    op.create_table(
        "command_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("workflow_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("request_type", sa.String(), nullable=False),
        sa.Column("category_tree", sa.String(), nullable=False),
        sa.Column("category_version", sa.String(), nullable=False),
        sa.Column("category_code", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("is_safety", sa.Boolean(), nullable=False),
        sa.Column("division_code", sa.String(), nullable=False),
        sa.Column("owner_centre_id", sa.Uuid(), nullable=False),
        sa.Column("longitude_wgs84", sa.Double(), nullable=True),
        sa.Column("latitude_wgs84", sa.Double(), nullable=True),
        sa.Column("received_longitude", sa.Double(), nullable=True),
        sa.Column("received_latitude", sa.Double(), nullable=True),
        sa.Column("received_system", sa.String(), nullable=True),
        sa.Column("location_finding", sa.String(), nullable=True),
        sa.Column("submitted_at", INSTANT, nullable=False),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("due_rule", sa.String(), nullable=False),
        sa.Column("due_is_provisional", sa.Boolean(), nullable=False),
        sa.Column("next_due_at", INSTANT, nullable=False),
        sa.Column("rejection_ground", sa.String(), nullable=True),
        sa.CheckConstraint("(longitude_wgs84 IS NULL) = (latitude_wgs84 IS NULL)", name="ck_command_case_location"),
        sa.CheckConstraint("version >= 1", name="ck_command_case_version"),
        sa.CheckConstraint("urgency IN ('none', 'urgent', 'life')", name="ck_command_case_urgency"),
        sa.ForeignKeyConstraint(["owner_centre_id"], ["centre.id"], name="fk_command_case_owner_centre_id_centre"),
        sa.PrimaryKeyConstraint("id", name="pk_command_case"),
        sa.UniqueConstraint("number", name="uq_command_case_number"),
    )
    op.create_index("ix_command_case_queue", "command_case", ["owner_centre_id", "state", "next_due_at", "id"])
    op.create_table(
        "case_reporter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("identity_shown", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("reported_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["command_case.id"], name="fk_case_reporter_case_id_command_case"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_case_reporter_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_case_reporter"),
        sa.UniqueConstraint("number", name="uq_case_reporter_number"),
    )
    op.create_index("ix_case_reporter_case_id", "case_reporter", ["case_id"])
    op.create_index("ix_case_reporter_person_id_reported_at", "case_reporter", ["person_id", "reported_at"])
    op.create_table(
        "case_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("text_key_id", sa.String(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["command_case.id"], name="fk_case_text_case_id_command_case"),
        sa.PrimaryKeyConstraint("id", name="pk_case_text"),
        sa.UniqueConstraint("case_id", "seq", "field", name="uq_case_text_case_id"),
    )


def make_ledger() -> None:
    """The ledger: one chained entry for each event of a case."""
    op.create_table(
        "case_ledger",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["command_case.id"], name="fk_case_ledger_case_id_command_case"),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_case_ledger"),
        sa.UniqueConstraint("event_id", name="uq_case_ledger_event_id"),
    )


def guard_the_ledger() -> None:
    """Not even the owner changes history by mistake: grants do not bind an owner, a trigger does."""
    op.execute(
        """
        CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation'; END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER case_ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_ledger
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()
        """
    )


def make_rules() -> None:
    """Rules that are dated rows."""
    op.create_table(
        "sla_policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("limit_value", sa.Integer(), nullable=False),
        sa.Column("limit_unit", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sla_policy"),
        sa.UniqueConstraint("clock", "urgency", "valid_from", name="uq_sla_policy_clock"),
    )
    op.create_table(
        "rejection_ground",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("other_door", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rejection_ground"),
        sa.UniqueConstraint("code", "valid_from", name="uq_rejection_ground_code"),
    )


def downgrade() -> None:
    """Go down."""
    op.execute("DROP SEQUENCE case_serial")
    op.execute("DROP TRIGGER case_ledger_append_only ON case_ledger")
    op.execute("DROP FUNCTION refuse_change_of_history()")
    for table in ("rejection_ground", "sla_policy", "case_ledger", "case_text", "case_reporter", "command_case"):
        op.drop_table(table)
