"""The inbox, the phones that may be rung, what was sent to which, and the receipts of the worker."""

import sqlalchemy as sa
from alembic import op

revision = "0006_notifications"
down_revision = "0005_complaints"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "event_receipt",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subscriber", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["outbox_event.id"], name="fk_event_receipt_event_id_outbox_event"),
        sa.PrimaryKeyConstraint("event_id", "subscriber", name="pk_event_receipt"),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("case_number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("push_body", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_notification_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_notification"),
        sa.UniqueConstraint("event_id", "person_id", "kind", "number", name="uq_notification_event_id"),
    )
    op.create_index("ix_notification_inbox", "notification", ["person_id", "id"])
    op.create_index(
        "ix_notification_unread", "notification", ["person_id", "id"], postgresql_where=sa.text("read_at IS NULL")
    )
    op.create_table(
        "push_device",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("app_version", sa.String(), nullable=False),
        sa.Column("address_kind", sa.String(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("address_key_id", sa.String(), nullable=False),
        sa.Column("address_digest", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("platform IN ('android', 'ios', 'harmony')", name="ck_push_device_platform"),
        sa.CheckConstraint("address_kind IN ('fcm_token', 'fcm_fid')", name="ck_push_device_address_kind"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_push_device_person_id_person"),
        sa.PrimaryKeyConstraint("device_id", name="pk_push_device"),
        sa.UniqueConstraint("address_digest", name="uq_push_device_address_digest"),
    )
    op.create_index("ix_push_device_person_id", "push_device", ["person_id"])
    op.create_table(
        "push_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result_code", sa.String(), nullable=True),
        sa.Column("provider_message_id", sa.String(), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'sending', 'sent', 'dropped', 'failed')", name="ck_push_delivery_status"
        ),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notification.id"], name="fk_push_delivery_notification_id_notification"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_push_delivery"),
        sa.UniqueConstraint("notification_id", "device_id", name="uq_push_delivery_notification_id"),
    )
    op.create_index(
        "ix_push_delivery_sending", "push_delivery", ["device_id"], postgresql_where=sa.text("status = 'sending'")
    )


def downgrade() -> None:
    """Go down."""
    for table in ("push_delivery", "push_device", "notification", "event_receipt"):
        op.drop_table(table)
