"""Consents, reveals, data requests, and what an erasure needs: a person without data, texts that may only be erased."""

import sqlalchemy as sa
from alembic import op

revision = "0010_data_protection"
down_revision = "0009_second_factor"
branch_labels = None
depends_on = None

# As revision 0003 left it in the database.
CITIZEN_RULE = "ck_person_ck_person_citizen"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go up."""
    make_consents()
    make_reveals()
    make_data_requests()
    let_people_be_erased()
    guard_texts()


def make_consents() -> None:
    """Texts in their versions, and who gave or withdrew which consent; the records are never changed."""
    op.create_table(
        "consent_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consent_text"),
        sa.UniqueConstraint("purpose", "valid_from", name="uq_consent_text_purpose"),
        sa.UniqueConstraint("purpose", "version", name="uq_consent_text_version"),
    )
    op.create_table(
        "consent_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_consent_record_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_consent_record"),
    )
    op.create_index("ix_consent_record_latest", "consent_record", ["person_id", "purpose", "recorded_at", "id"])
    op.execute(
        """
        CREATE TRIGGER consent_record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_record
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()
        """
    )


def make_reveals() -> None:
    """Who saw what of whom, and why: chained for each case. A rotation of keys may seal the reason anew, no more."""
    op.create_table(
        "case_reveal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("centre_id", sa.Uuid(), nullable=False),
        sa.Column("revealed_at", INSTANT, nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reason_key_id", sa.String(), nullable=False),
        sa.Column("reason_salt", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["command_case.id"], name="fk_case_reveal_case_id_command_case"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_case_reveal_person_id_person"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_case_reveal_centre_id_centre"),
        sa.PrimaryKeyConstraint("id", name="pk_case_reveal"),
        sa.UniqueConstraint("case_id", "seq", name="uq_case_reveal_case_id"),
    )
    op.create_index("ix_case_reveal_revealed_at_id", "case_reveal", ["revealed_at", "id"])
    op.execute(
        """
        CREATE FUNCTION refuse_change_of_reveals() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'reason_sealed' - 'reason_key_id'
                                  = to_jsonb(OLD) - 'reason_sealed' - 'reason_key_id' THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'reveals are append-only' USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER case_reveal_append_only BEFORE UPDATE OR DELETE ON case_reveal
        FOR EACH ROW EXECUTE FUNCTION refuse_change_of_reveals()
        """
    )
    op.execute(
        """
        CREATE TRIGGER case_reveal_no_truncate BEFORE TRUNCATE ON case_reveal
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()
        """
    )


def make_data_requests() -> None:
    """What citizens ask of their data, how far it is, and the copy that waits for them."""
    op.create_table(
        "data_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("due_is_provisional", sa.Boolean(), nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("document_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("document_key_id", sa.String(), nullable=True),
        sa.Column("document_expires_at", INSTANT, nullable=True),
        sa.CheckConstraint("kind IN ('export', 'erasure')", name="ck_data_request_kind"),
        sa.CheckConstraint("state IN ('received', 'running', 'done', 'refused')", name="ck_data_request_state"),
        sa.CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="ck_data_request_refusal"),
        sa.CheckConstraint(
            "(state IN ('done', 'refused')) = (finished_at IS NOT NULL)", name="ck_data_request_finished"
        ),
        sa.CheckConstraint(
            "(document_sealed IS NULL) = (document_key_id IS NULL)", name="ck_data_request_document_key"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_data_request_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_data_request"),
    )
    is_open = sa.text("state IN ('received', 'running')")
    op.create_index(
        "uq_data_request_open", "data_request", ["person_id", "kind"], unique=True, postgresql_where=is_open
    )
    op.create_index("ix_data_request_waiting", "data_request", ["due_at"], postgresql_where=is_open)
    op.create_index(
        "ix_data_request_document", "data_request", ["document_expires_at"],
        postgresql_where=sa.text("document_sealed IS NOT NULL"),
    )  # fmt: skip


def let_people_be_erased() -> None:
    """An erased citizen has no data and no way in; the row stays, because history points to it."""
    op.add_column("person", sa.Column("erased_at", INSTANT, nullable=True))
    op.drop_constraint(CITIZEN_RULE, "person")
    op.create_check_constraint(
        op.f(CITIZEN_RULE),
        "person",
        "kind <> 'citizen' OR ((phone_sealed IS NOT NULL OR erased_at IS NOT NULL) AND login_name IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_person_erased"),
        "person",
        "erased_at IS NULL OR (disabled_at IS NOT NULL AND phone_sealed IS NULL AND name_sealed IS NULL "
        "AND identity_number_sealed IS NULL)",
    )


def guard_texts() -> None:
    """Whoever serves may erase a text and may not write another in its place; only its owner may seal it anew."""
    op.execute(
        """
        CREATE FUNCTION refuse_rewriting_texts() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.text_sealed IS NOT NULL AND NOT pg_has_role(
                current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
                RAISE EXCEPTION 'a text may be erased, not rewritten' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER case_text_erase_only BEFORE UPDATE ON case_text
        FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_texts()
        """
    )


def downgrade() -> None:
    """Go down."""
    op.execute("DROP TRIGGER case_text_erase_only ON case_text")
    op.execute("DROP FUNCTION refuse_rewriting_texts()")
    op.drop_constraint(op.f("ck_person_erased"), "person")
    op.drop_constraint(CITIZEN_RULE, "person")
    # Whoever was erased has no phone and cannot be given one: the old rule holds for everybody who comes later.
    op.execute(
        "ALTER TABLE person ADD CONSTRAINT ck_person_ck_person_citizen "
        "CHECK (kind <> 'citizen' OR (phone_sealed IS NOT NULL AND login_name IS NULL)) NOT VALID"
    )
    op.drop_column("person", "erased_at")
    for table in ("data_request", "case_reveal", "consent_record", "consent_text"):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change_of_reveals()")
