"""The catalogue: versions, sub-apps, topics, items, their content, and the services of each area."""

import sqlalchemy as sa
from alembic import op

revision = "0015_catalogue"
down_revision = "0014_grid_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "catalogue_version",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_catalogue_version"),
        sa.UniqueConstraint("id", name="uq_catalogue_version_id"),
    )
    op.create_table(
        "sub_app",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("is_supposed", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("code", name="pk_sub_app"),
    )
    op.create_table(
        "service_topic",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint("audience IN ('person', 'company')", name="ck_service_topic_audience"),
        sa.PrimaryKeyConstraint("code", name="pk_service_topic"),
    )
    op.create_table(
        "service_item",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("syllables", sa.ARRAY(sa.String()), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_service_item"),
        sa.UniqueConstraint("title", name="uq_service_item_title"),
    )
    op.create_table(
        "service_content",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_service_content"),
    )
    _create_service()


def _create_service() -> None:
    op.create_table(
        "service",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("item_key", sa.String(), nullable=False),
        sa.Column("division_code", sa.String(), nullable=False),
        sa.Column("sub_app", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("item_type", sa.String(), nullable=False),
        sa.Column("depth", sa.SmallInteger(), nullable=False),
        sa.Column("topics", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("origin_code", sa.String(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("place_fields", sa.String(), nullable=False),
        sa.Column("own_fields", sa.String(), nullable=False),
        sa.Column("sync_fields", sa.String(), nullable=False),
        sa.Column("content_digest", sa.String(), nullable=False),
        sa.Column("changed_in", sa.Integer(), nullable=False),
        sa.Column("withdrawn_in", sa.Integer(), nullable=True),
        sa.CheckConstraint("audience IN ('person', 'company')", name="ck_service_audience"),
        sa.CheckConstraint("depth BETWEEN 1 AND 7", name="ck_service_depth"),
        sa.CheckConstraint("code = 'NT-' || item_key || '-' || division_code", name="ck_service_identity"),
        sa.ForeignKeyConstraint(["item_key"], ["service_item.key"], name="fk_service_item_key_service_item"),
        sa.ForeignKeyConstraint(["sub_app"], ["sub_app.code"], name="fk_service_sub_app_sub_app"),
        sa.ForeignKeyConstraint(
            ["content_digest"], ["service_content.digest"], name="fk_service_content_digest_service_content"
        ),
        sa.ForeignKeyConstraint(
            ["changed_in"], ["catalogue_version.number"], name="fk_service_changed_in_catalogue_version"
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_in"], ["catalogue_version.number"], name="fk_service_withdrawn_in_catalogue_version"
        ),
        sa.PrimaryKeyConstraint("code", name="pk_service"),
    )
    op.create_index("ix_service_item_key", "service", ["item_key"])
    op.create_index("ix_service_content_digest", "service", ["content_digest"])
    op.create_index("ix_service_in_force", "service", ["code"], postgresql_where=sa.text("withdrawn_in IS NULL"))


def downgrade() -> None:
    """Go down."""
    for table in ("service", "service_content", "service_item", "service_topic", "sub_app", "catalogue_version"):
        op.drop_table(table)
