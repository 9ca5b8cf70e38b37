"""Rows of the inbox, of its wording, of the phones that may be rung, and of what was sent to which phone."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base


class DeliveryStatus(StrEnum):
    """How far a message to one phone has come."""

    PENDING = "pending"
    SENDING = "sending"  # claimed by one try; the provider may have it already
    SENT = "sent"
    DROPPED = "dropped"  # there is nobody to send it to any more
    FAILED = "failed"  # after all tries; a dead letter that can be redone


class Notification(Base):
    """A message in a person's inbox. Ids grow with time, so that the id is the order."""

    __tablename__ = "notification"
    __table_args__ = (
        # One event tells one person once about each of their complaints, however often the handler runs.
        UniqueConstraint("event_id", "person_id", "kind", "number", postgresql_nulls_not_distinct=True),
        Index("ix_notification_inbox", "person_id", "id"),
        Index("ix_notification_unread", "person_id", "id", postgresql_where=text("read_at IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    event_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    # The reporter's own. None in a message to staff, and in one that is about no complaint.
    number: Mapped[str | None]
    case_number: Mapped[str | None]
    title: Mapped[str]
    body: Mapped[str]
    push_body: Mapped[str]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class MessageWording(Base):
    """The texts of one kind of message, from a day on. ``valid_to`` is the first day they no longer hold."""

    __tablename__ = "message_wording"
    __table_args__ = (UniqueConstraint("kind", "valid_from"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    push_body: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]


class PushDevice(Base):
    """A phone that may be rung, for the person and the session that registered it last."""

    __tablename__ = "push_device"
    __table_args__ = (
        CheckConstraint("platform IN ('android', 'ios', 'harmony')", name="platform"),
        CheckConstraint("address_kind IN ('fcm_token', 'fcm_fid')", name="address_kind"),
    )

    device_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    # No foreign key: sessions that ended are removed one day, and a phone of a session that is gone is never rung.
    session_id: Mapped[uuid.UUID]
    platform: Mapped[str]
    app_version: Mapped[str]
    address_kind: Mapped[str]
    # Whoever knows the address can be mistaken for us, so it is sealed. Its digest is unique: an app that was
    # installed anew may come with a new device id and the old address, and the old owner must not be rung there.
    address_sealed: Mapped[bytes]
    address_key_id: Mapped[str]
    address_digest: Mapped[bytes] = mapped_column(unique=True)
    updated_at: Mapped[datetime]


class PushDelivery(Base):
    """One message to one phone. ``tries`` fences: what a try reports counts only while it is the latest."""

    __tablename__ = "push_delivery"
    __table_args__ = (
        UniqueConstraint("notification_id", "device_id"),
        CheckConstraint("status IN ('pending', 'sending', 'sent', 'dropped', 'failed')", name="status"),
        Index("ix_push_delivery_sending", "device_id", postgresql_where=text("status = 'sending'")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    notification_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notification.id"))
    # No foreign key: the phone may go, what was sent to it stays known.
    device_id: Mapped[str]
    status: Mapped[str]
    tries: Mapped[int] = mapped_column(SmallInteger)
    claimed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    # Why it stands where it stands: the provider's error class, or our reason to drop it.
    result_code: Mapped[str | None]
    provider_message_id: Mapped[str | None]
