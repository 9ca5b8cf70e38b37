"""Divisions, centres and boundaries, categories and units, the working calendar: the city as it is loaded."""

import sqlalchemy as sa
from alembic import op

revision = "0002_organization"
down_revision = "0001_infrastructure"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go up."""
    make_places()
    make_categories()
    make_calendar()


def make_places() -> None:
    """Divisions form a tree, and so do the centres that stand at some of them."""
    op.create_table(
        "division",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("nbs_code", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit_type", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("admin_parent_code", sa.String(), nullable=True),
        sa.Column("managing_body", sa.String(), nullable=True),
        sa.Column("is_pickable", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("as_of", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("(level = 'city') = (parent_id IS NULL)", name="ck_division_parent"),
        sa.CheckConstraint("level IN ('city', 'county', 'town', 'village')", name="ck_division_level"),
        sa.CheckConstraint("valid_to IS NULL OR NOT is_pickable", name="ck_division_retired"),
        sa.ForeignKeyConstraint(["parent_id"], ["division.id"], name="fk_division_parent_id_division"),
        sa.PrimaryKeyConstraint("id", name="pk_division"),
        sa.UniqueConstraint("code", name="uq_division_code"),
    )
    op.create_index("ix_division_parent_id", "division", ["parent_id"])
    op.create_table(
        "centre",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("division_id", sa.Uuid(), nullable=False),
        sa.Column("division_code", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=False),
        sa.Column("is_assumed", sa.Boolean(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("(level = 'city') = (parent_id IS NULL)", name="ck_centre_parent"),
        sa.CheckConstraint("level IN ('city', 'county', 'town')", name="ck_centre_level"),
        sa.CheckConstraint("right(path, length(code) + 1) = code || '/'", name="ck_centre_path"),
        sa.ForeignKeyConstraint(["division_id"], ["division.id"], name="fk_centre_division_id_division"),
        sa.ForeignKeyConstraint(["parent_id"], ["centre.id"], name="fk_centre_parent_id_centre"),
        sa.PrimaryKeyConstraint("id", name="pk_centre"),
        sa.UniqueConstraint("code", name="uq_centre_code"),
        sa.UniqueConstraint("division_id", name="uq_centre_division_id"),
    )
    op.create_index("ix_centre_parent_id", "centre", ["parent_id"])
    op.create_index("ix_centre_path", "centre", ["path"], unique=True, postgresql_ops={"path": "text_pattern_ops"})
    op.create_table(
        "boundary",
        sa.Column("division_id", sa.Uuid(), nullable=False),
        sa.Column("geometry", sa.String(), nullable=False),
        sa.Column("tolerance_m", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.CheckConstraint("origin IN ('project', 'operator')", name="ck_boundary_origin"),
        sa.CheckConstraint("tolerance_m BETWEEN 0 AND 20000", name="ck_boundary_tolerance"),
        sa.ForeignKeyConstraint(["division_id"], ["division.id"], name="fk_boundary_division_id_division"),
        sa.PrimaryKeyConstraint("division_id", name="pk_boundary"),
    )


def make_categories() -> None:
    """What cases are about, what citizens want, and who handles it."""
    op.create_table(
        "category",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tree", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("level1", sa.String(), nullable=False),
        sa.Column("level2", sa.String(), nullable=True),
        sa.Column("level3", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("usual_dept", sa.String(), nullable=False),
        sa.Column("unit_codes", sa.ARRAY(sa.String(), as_tuple=True), nullable=False),
        sa.Column("level_default", sa.String(), nullable=False),
        sa.Column("limit_value", sa.Integer(), nullable=False),
        sa.Column("limit_unit", sa.String(), nullable=False),
        sa.Column("limit_basis", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("confidence", sa.String(), nullable=False),
        sa.Column("is_physical", sa.Boolean(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("is_safety", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("level_default IN ('县', '镇', '村')", name="ck_category_level_default"),
        sa.CheckConstraint(
            "limit_unit IN ('working_hours', 'working_days', 'natural_hours', 'natural_days')",
            name="ck_category_limit_unit",
        ),
        sa.CheckConstraint("urgency IN ('none', 'urgent', 'life')", name="ck_category_urgency"),
        sa.CheckConstraint("limit_value BETWEEN 1 AND 10000", name="ck_category_limit_value"),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_category_valid_to"),
        sa.PrimaryKeyConstraint("id", name="pk_category"),
        sa.UniqueConstraint("tree", "version", "code", name="uq_category_tree"),
    )
    op.create_table(
        "request_type",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("limit_value", sa.Integer(), nullable=False),
        sa.Column("limit_unit", sa.String(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "limit_unit IN ('working_hours', 'working_days', 'natural_hours', 'natural_days')",
            name="ck_request_type_limit_unit",
        ),
        sa.CheckConstraint("limit_value BETWEEN 1 AND 10000", name="ck_request_type_limit_value"),
        sa.CheckConstraint("weight >= 0", name="ck_request_type_weight"),
        sa.PrimaryKeyConstraint("code", name="pk_request_type"),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("levels", sa.ARRAY(sa.String(), as_tuple=True), nullable=False),
        sa.Column("aliases", sa.ARRAY(sa.String(), as_tuple=True), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("cardinality(levels) >= 1", name="ck_unit_levels"),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
        sa.UniqueConstraint("code", name="uq_unit_code"),
    )


def make_calendar() -> None:
    """Days that are not what their weekday says; and the version of the whole city."""
    op.create_table(
        "workday_override",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_workday", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.CheckConstraint("origin IN ('project', 'operator')", name="ck_workday_override_origin"),
        sa.CheckConstraint("status IN ('official', 'estimate')", name="ck_workday_override_status"),
        sa.PrimaryKeyConstraint("day", name="pk_workday_override"),
    )
    op.create_table(
        "city_version",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Uuid(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.CheckConstraint("id = 1", name="ck_city_version_only_one"),
        sa.PrimaryKeyConstraint("id", name="pk_city_version"),
    )


def downgrade() -> None:
    """Go down."""
    for table in (
        "city_version",
        "workday_override",
        "unit",
        "request_type",
        "category",
        "boundary",
        "centre",
        "division",
    ):
        op.drop_table(table)
