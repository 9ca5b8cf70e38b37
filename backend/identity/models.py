"""Rows of people, their sign-in codes, sessions and refresh tokens, and the counters that guard people."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.infrastructure.database import Base

# Which field a ciphertext belongs to: authenticated with it, so that it opens nowhere else.
PHONE_CONTEXT = "person.phone"
NAME_CONTEXT = "person.name"
IDENTITY_NUMBER_CONTEXT = "person.identity_number"
DEVICE_NAME_CONTEXT = "device_session.device_name"
SECOND_FACTOR_CONTEXT = "second_factor.secret:{}"


class Person(Base):
    """A citizen or an operator. Personal fields are ciphertext; the phone is found by its blind index."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("kind IN ('citizen', 'operator')", name="kind"),
        CheckConstraint("(phone_sealed IS NULL) = (phone_key_id IS NULL)", name="phone_key"),
        CheckConstraint("(phone_sealed IS NULL) = (phone_blind_index IS NULL)", name="phone_index"),
        CheckConstraint("(name_sealed IS NULL) = (name_key_id IS NULL)", name="name_key"),
        CheckConstraint("(identity_number_sealed IS NULL) = (identity_number_key_id IS NULL)", name="identity_key"),
        CheckConstraint(
            "(identity_number_sealed IS NULL) = (identity_number_blind_index IS NULL)", name="identity_index"
        ),
        CheckConstraint(
            "kind <> 'citizen' OR ((phone_sealed IS NOT NULL OR erased_at IS NOT NULL) AND login_name IS NULL)",
            name="citizen",
        ),
        CheckConstraint(
            "erased_at IS NULL OR (disabled_at IS NOT NULL AND phone_sealed IS NULL AND name_sealed IS NULL "
            "AND identity_number_sealed IS NULL)",
            name="erased",
        ),
        CheckConstraint(
            "kind <> 'operator' OR (login_name IS NOT NULL AND password_hash IS NOT NULL)", name="operator"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    phone_sealed: Mapped[bytes | None]
    phone_key_id: Mapped[str | None]
    phone_blind_index: Mapped[bytes | None] = mapped_column(unique=True)
    name_sealed: Mapped[bytes | None]
    name_key_id: Mapped[str | None]
    identity_number_sealed: Mapped[bytes | None]
    identity_number_key_id: Mapped[str | None]
    identity_number_blind_index: Mapped[bytes | None] = mapped_column(unique=True)
    login_name: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
    # A citizen who asked for it: the row stays, because history points to it, and holds nothing of them.
    erased_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class SignInCode(Base):
    """A code that was sent: its keyed digest, and how often it was tried. The code itself is nowhere."""

    __tablename__ = "sign_in_code"
    __table_args__ = (
        CheckConstraint("purpose IN ('sign_in')", name="purpose"),
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
    )

    # The challenge id: it binds the code to the session of the app that asked for it.
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    phone_blind_index: Mapped[bytes]
    code_digest: Mapped[bytes]
    tries: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class SecondFactor(Base):
    """The secret that an operator's authenticator app shares with us. The row is there once a code has proved it."""

    __tablename__ = "second_factor"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret_sealed: Mapped[bytes]
    secret_key_id: Mapped[str]
    # The time step of the newest code that was taken: neither it nor an older one is taken again.
    last_step: Mapped[int] = mapped_column(BigInteger)
    enrolled_at: Mapped[datetime]


class SecondFactorChallenge(Base):
    """A password was given, right or wrong, and a code is waited for. Whoever was wrong has a row without a person."""

    __tablename__ = "second_factor_challenge"
    __table_args__ = (
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
        CheckConstraint("NOT enrols OR person_id IS NOT NULL", name="enrols"),
    )

    token_digest: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    # The secret to be proved is derived from the token, so that it is nowhere before it counts.
    enrols: Mapped[bool]
    device_id: Mapped[str]
    # What further codes are counted on: the keyed digest of the login name as typed.
    tries_subject: Mapped[bytes]
    tries: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class GuardCounter(Base):
    """How often something that must stay rare happened to one subject, until ``ends_at``.

    The subject is a keyed digest of a phone, a device, an address or a login name, never the thing itself.
    """

    __tablename__ = "guard_counter"

    guard: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[bytes] = mapped_column(primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class DeviceSession(Base):
    """One sign-in on one device, alive until it ends or its absolute life is over."""

    __tablename__ = "device_session"
    __table_args__ = (
        CheckConstraint("(device_name_sealed IS NULL) = (device_name_key_id IS NULL)", name="device_name_key"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end_reason_given"),
        CheckConstraint(
            "end_reason IN ('signed_out', 'token_reused', 'person_disabled', 'credentials_changed')", name="end_reason"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    device_id: Mapped[str]
    # People name their phones after themselves, so the name is personal data too.
    device_name_sealed: Mapped[bytes | None]
    device_name_key_id: Mapped[str | None]
    created_at: Mapped[datetime]
    # Moves with a refresh and with nothing else: it tells the token that was spent last from all that were before it.
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class RefreshToken(Base):
    """One link of a session's chain of refresh tokens, kept as a digest. The session is the family."""

    __tablename__ = "refresh_token"
    __table_args__ = (
        # A family has one live token at most, whatever races.
        Index("uq_refresh_token_live", "session_id", unique=True, postgresql_where=text("used_at IS NULL")),
    )

    token_digest: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("device_session.id"), index=True)
    parent_digest: Mapped[bytes | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
