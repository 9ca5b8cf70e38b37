"""People, sign-in codes, sessions, refresh tokens, the counters that guard people, and role bindings."""

import sqlalchemy as sa
from alembic import op

revision = "0003_identity"
down_revision = "0002_organization"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go up."""
    make_people()
    make_sign_in()
    make_sessions()
    make_bindings()


def make_people() -> None:
    """Personal fields are ciphertext; the phone is found by its blind index."""
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_key_id", sa.String(), nullable=True),
        sa.Column("phone_blind_index", sa.LargeBinary(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("name_key_id", sa.String(), nullable=True),
        sa.Column("identity_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("identity_number_key_id", sa.String(), nullable=True),
        sa.Column("identity_number_blind_index", sa.LargeBinary(), nullable=True),
        sa.Column("login_name", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("disabled_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("phone_blind_index", name="uq_person_phone_blind_index"),
        sa.UniqueConstraint("identity_number_blind_index", name="uq_person_identity_number_blind_index"),
        sa.UniqueConstraint("login_name", name="uq_person_login_name"),
        sa.CheckConstraint("kind IN ('citizen', 'operator')", name="ck_person_kind"),
        sa.CheckConstraint("(phone_sealed IS NULL) = (phone_key_id IS NULL)", name="ck_person_phone_key"),
        sa.CheckConstraint("(phone_sealed IS NULL) = (phone_blind_index IS NULL)", name="ck_person_phone_index"),
        sa.CheckConstraint("(name_sealed IS NULL) = (name_key_id IS NULL)", name="ck_person_name_key"),
        sa.CheckConstraint(
            "(identity_number_sealed IS NULL) = (identity_number_key_id IS NULL)", name="ck_person_identity_key"
        ),
        sa.CheckConstraint(
            "(identity_number_sealed IS NULL) = (identity_number_blind_index IS NULL)", name="ck_person_identity_index"
        ),
        sa.CheckConstraint(
            "kind <> 'citizen' OR (phone_sealed IS NOT NULL AND login_name IS NULL)", name="ck_person_citizen"
        ),
        sa.CheckConstraint(
            "kind <> 'operator' OR (login_name IS NOT NULL AND password_hash IS NOT NULL)", name="ck_person_operator"
        ),
    )


def make_sign_in() -> None:
    """Codes as digests, and counters whose subjects are digests."""
    op.create_table(
        "sign_in_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("phone_blind_index", sa.LargeBinary(), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_code"),
        sa.CheckConstraint("purpose IN ('sign_in')", name="ck_sign_in_code_purpose"),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name="ck_sign_in_code_tries"),
    )
    op.create_index("ix_sign_in_code_expires_at", "sign_in_code", ["expires_at"])
    op.create_table(
        "guard_counter",
        sa.Column("guard", sa.String(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("guard", "subject", name="pk_guard_counter"),
    )
    op.create_index("ix_guard_counter_ends_at", "guard_counter", ["ends_at"])


def make_sessions() -> None:
    """A session on a device, and its chain of refresh tokens."""
    op.create_table(
        "device_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("device_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("device_name_key_id", sa.String(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_device_session"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_device_session_person_id_person"),
        sa.CheckConstraint(
            "(device_name_sealed IS NULL) = (device_name_key_id IS NULL)", name="ck_device_session_device_name_key"
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ck_device_session_end_reason_given"),
        sa.CheckConstraint(
            "end_reason IN ('signed_out', 'token_reused', 'person_disabled')", name="ck_device_session_end_reason"
        ),
    )
    op.create_index("ix_device_session_person_id", "device_session", ["person_id"])
    op.create_table(
        "refresh_token",
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("parent_digest", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("token_digest", name="pk_refresh_token"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["device_session.id"], name="fk_refresh_token_session_id_device_session"
        ),
        sa.UniqueConstraint("parent_digest", name="uq_refresh_token_parent_digest"),
    )
    op.create_index("ix_refresh_token_session_id", "refresh_token", ["session_id"])
    op.create_index("ix_refresh_token_expires_at", "refresh_token", ["expires_at"])
    op.create_index(
        "uq_refresh_token_live",
        "refresh_token",
        ["session_id"],
        unique=True,
        postgresql_where=sa.text("used_at IS NULL"),
    )


def make_bindings() -> None:
    """A role of a person at a centre."""
    op.create_table(
        "role_binding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("centre_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", INSTANT, nullable=False),
        sa.Column("valid_to", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_role_binding"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_role_binding_person_id_person"),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name="fk_role_binding_centre_id_centre"),
        sa.UniqueConstraint("person_id", "role", "centre_id", "valid_from", name="uq_role_binding_person_id"),
        sa.CheckConstraint("valid_to > valid_from", name="ck_role_binding_valid_to"),
    )
    op.create_index("ix_role_binding_centre_id", "role_binding", ["centre_id"])


def downgrade() -> None:
    """Go down."""
    for table in ("role_binding", "refresh_token", "device_session", "guard_counter", "sign_in_code", "person"):
        op.drop_table(table)
