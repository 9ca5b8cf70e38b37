"""Grid cells of the towns and who serves them; words that tell of a danger, and which rule marked a case."""

import sqlalchemy as sa
from alembic import op

revision = "0008_grid"
down_revision = "0007_message_wording"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TEXTS = sa.ARRAY(sa.String(), as_tuple=True)


def upgrade() -> None:
    """Go up. The new columns of a case may be empty: a release that does not know them goes on filing."""
    make_cells()
    make_duties()
    make_danger_words()
    op.add_column("command_case", sa.Column("urgency_rule", sa.String(), nullable=True))
    op.add_column("command_case", sa.Column("safety_rule", sa.String(), nullable=True))


def make_cells() -> None:
    """A cell is a village, a part of one, or a town without any."""
    op.create_table(
        "grid_cell",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("division_id", sa.Uuid(), nullable=False),
        sa.Column("geometry", sa.String(), nullable=True),
        sa.Column("tolerance_m", sa.Integer(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("tolerance_m BETWEEN 0 AND 20000", name="ck_grid_cell_tolerance"),
        sa.CheckConstraint("origin IN ('project', 'operator')", name="ck_grid_cell_origin"),
        sa.CheckConstraint("is_sample = (origin = 'project')", name="ck_grid_cell_sample"),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_grid_cell_valid_to"),
        sa.ForeignKeyConstraint(["division_id"], ["division.id"], name="fk_grid_cell_division_id_division"),
        sa.PrimaryKeyConstraint("id", name="pk_grid_cell"),
        sa.UniqueConstraint("code", name="uq_grid_cell_code"),
    )
    op.create_index("ix_grid_cell_division_id", "grid_cell", ["division_id"])


def make_duties() -> None:
    """Who serves a cell, from one instant until another."""
    op.create_table(
        "grid_duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", INSTANT, nullable=False),
        sa.Column("valid_to", INSTANT, nullable=True),
        sa.CheckConstraint("valid_to > valid_from", name="ck_grid_duty_valid_to"),
        sa.ForeignKeyConstraint(["cell_id"], ["grid_cell.id"], name="fk_grid_duty_cell_id_grid_cell"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_grid_duty_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_grid_duty"),
    )
    op.create_index("ix_grid_duty_cell_id", "grid_duty", ["cell_id"])
    op.create_index("ix_grid_duty_person_id", "grid_duty", ["person_id"])
    op.create_index(
        "uq_grid_duty_open",
        "grid_duty",
        ["cell_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("valid_to IS NULL"),
    )


def make_danger_words() -> None:
    """Rules that hear a danger in the text of a report."""
    op.create_table(
        "danger_word",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("words", TEXTS, nullable=False),
        sa.Column("beside", TEXTS, nullable=False),
        sa.Column("exceptions", TEXTS, nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("is_safety", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("cardinality(words) >= 1", name="ck_danger_word_words"),
        sa.CheckConstraint("urgency IN ('none', 'urgent', 'life')", name="ck_danger_word_urgency"),
        sa.CheckConstraint("urgency <> 'none' OR is_safety", name="ck_danger_word_effect"),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_danger_word_valid_to"),
        sa.PrimaryKeyConstraint("id", name="pk_danger_word"),
        sa.UniqueConstraint("code", "valid_from", name="uq_danger_word_code"),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_column("command_case", "safety_rule")
    op.drop_column("command_case", "urgency_rule")
    for table in ("danger_word", "grid_duty", "grid_cell"):
        op.drop_table(table)
