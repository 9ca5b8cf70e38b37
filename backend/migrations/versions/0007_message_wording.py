"""The wording of the messages, as rows with the days they hold for."""

import sqlalchemy as sa
from alembic import op

revision = "0007_message_wording"
down_revision = "0006_notifications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "message_wording",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("push_body", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message_wording"),
        sa.UniqueConstraint("kind", "valid_from", name="uq_message_wording_kind"),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("message_wording")
