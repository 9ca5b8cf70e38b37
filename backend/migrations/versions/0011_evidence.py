"""Evidence: photos, what was made of them, and what they are attached to."""

import sqlalchemy as sa
from alembic import op

revision = "0011_evidence"
down_revision = "0010_data_protection"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("full_key", sa.String(), nullable=True),
        sa.Column("thumbnail_key", sa.String(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(32), nullable=True),
        sa.Column("byte_size", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("capture_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("capture_key_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attached_to", sa.Uuid(), nullable=True),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('photo')", name="ck_evidence_kind"),
        sa.CheckConstraint("stage IN ('before', 'during', 'after')", name="ck_evidence_stage"),
        sa.CheckConstraint("state IN ('received', 'ready', 'deleted')", name="ck_evidence_state"),
        sa.CheckConstraint("(full_key IS NULL) = (thumbnail_key IS NULL)", name="ck_evidence_keys"),
        sa.CheckConstraint(
            "state <> 'ready' OR (full_key IS NOT NULL AND sha256 IS NOT NULL AND byte_size IS NOT NULL "
            "AND width IS NOT NULL AND height IS NOT NULL)",
            name="ck_evidence_ready",
        ),
        sa.CheckConstraint("(attached_to IS NULL) = (attached_at IS NULL)", name="ck_evidence_attached"),
        sa.CheckConstraint("(attached_to IS NULL) = (position IS NULL)", name="ck_evidence_position"),
        sa.CheckConstraint("(capture_sealed IS NULL) = (capture_key_id IS NULL)", name="ck_evidence_capture_key"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_evidence_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
        sa.UniqueConstraint("full_key", name="uq_evidence_full_key"),
        sa.UniqueConstraint("thumbnail_key", name="uq_evidence_thumbnail_key"),
    )
    op.create_index(
        "ix_evidence_attached_to",
        "evidence",
        ["attached_to", "position"],
        postgresql_where=sa.text("attached_to IS NOT NULL"),
    )
    op.create_index("ix_evidence_waiting", "evidence", ["person_id"], postgresql_where=sa.text("attached_to IS NULL"))
    op.create_index(
        "ix_evidence_sweep",
        "evidence",
        ["created_at"],
        postgresql_where=sa.text("full_key IS NOT NULL AND (state <> 'ready' OR attached_to IS NULL)"),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("evidence")
