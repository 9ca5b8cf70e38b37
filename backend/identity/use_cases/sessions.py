"""Sessions on devices: begun by a sign-in, kept alive by refreshes, ended by their owner, by reuse or by disabling."""

from __future__ import annotations

import hashlib
import logging
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.orm import Session

from backend.identity import queries, statements
from backend.identity.actor import Actor, PersonKind
from backend.identity.errors import RefreshRefused, SessionNotFound
from backend.identity.models import DEVICE_NAME_CONTEXT, DeviceSession, RefreshToken
from backend.identity.rules import SESSION_LIVES, Guard
from backend.identity.statements import Outcome
from backend.infrastructure import outbox
from backend.infrastructure.crypto import Sealer, url_token
from backend.infrastructure.tokens import ACCESS_LIFE, TokenIssuer
from backend.kernel.events import SessionBegun
from backend.kernel.ids import uuid7

log = logging.getLogger(__name__)

_REFRESH_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The app's device: an id it made for itself, and the name its owner gave it."""

    id: str
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session's pair of tokens and when each ends."""

    session_id: uuid.UUID
    access_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_token: str = field(repr=False)
    refresh_expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """The doors that every sign-in goes through."""

    sealer: Sealer
    tokens: TokenIssuer


def tries_subject(doors: Doors, guard: Guard, subject: str) -> bytes:
    """Return what tries of a phone or a login name are counted on: a digest, never the thing itself."""
    return doors.sealer.keyed_digest(subject, purpose=guard.name)


def begin_session(
    session: Session, *, doors: Doors, person_id: uuid.UUID, kind: PersonKind, device: Device, now: datetime
) -> SignedIn:
    """Begin a session of a person who has proved who they are.

    Unless it is their very first, their other devices are told, so that a stranger's sign-in does not go unnoticed.
    """
    life = SESSION_LIVES[kind]
    expires_at = now + life.absolute
    name = doors.sealer.seal(device.name, context=DEVICE_NAME_CONTEXT) if device.name else None
    begun = DeviceSession(
        id=uuid7(),
        person_id=person_id,
        device_id=device.id,
        device_name_sealed=name.ciphertext if name else None,
        device_name_key_id=name.key_id if name else None,
        created_at=now,
        last_seen_at=now,
        expires_at=expires_at,
    )
    is_first = session.scalar(select(DeviceSession.id).where(DeviceSession.person_id == person_id).limit(1)) is None
    session.add(begun)
    session.flush()  # the token's foreign key needs the row; the two are not related as objects
    token = secrets.token_urlsafe(_REFRESH_BYTES)
    refresh_expires_at = min(now + life.idle, expires_at)
    session.add(
        RefreshToken(token_digest=_digest(token), session_id=begun.id, created_at=now, expires_at=refresh_expires_at)
    )
    if not is_first:
        outbox.record(
            session, SessionBegun(event_id=uuid7(), occurred_at=now, subject_id=person_id, session_id=begun.id)
        )
    log.info("session begun", extra={"session_id": str(begun.id), "kind": kind.value})
    return _signed_in(doors.tokens, person_id, begun.id, (token, refresh_expires_at), now)


def refresh_session(session: Session, *, doors: Doors, refresh_token: str, now: datetime) -> SignedIn | RefreshRefused:
    """Exchange a refresh token for a new pair. A token spent before ends its session; both are to be committed."""
    # Derived, not drawn: whoever shows the same token within the grace is given the same successor.
    successor = url_token(doors.sealer.keyed_digest(refresh_token, purpose="refresh-successor"))
    rotation = statements.rotate(session, digest=_digest(refresh_token), successor_digest=_digest(successor), now=now)
    if rotation is None:
        return RefreshRefused()
    if rotation.outcome not in {Outcome.ROTATED, Outcome.REPEATED}:
        log.warning(
            "refresh refused", extra={"session_id": str(rotation.session_id), "outcome": rotation.outcome.value}
        )
        return RefreshRefused()
    return _signed_in(doors.tokens, rotation.person_id, rotation.session_id, (successor, rotation.expires_at), now)


def end_session(session: Session, *, actor: Actor, now: datetime) -> None:
    """Sign the actor out of the session they ask from."""
    session.execute(
        update(DeviceSession)
        .where(DeviceSession.id == actor.session_id, DeviceSession.ended_at.is_(None))
        .values(ended_at=now, end_reason="signed_out")
    )
    log.info("session ended", extra={"session_id": str(actor.session_id)})


def end_one_session(session: Session, *, actor: Actor, session_id: uuid.UUID, now: datetime) -> None:
    """Sign the actor out of one of their living sessions. Raises SessionNotFound for any other."""
    if not _end_living(session, actor, now, DeviceSession.id == session_id):
        raise SessionNotFound
    log.info("session ended", extra={"session_id": str(session_id)})


def end_all_sessions(session: Session, *, actor: Actor, keeps_current: bool, now: datetime) -> int:
    """Sign the actor out everywhere, but here where ``keeps_current``; return how many sessions this call has ended.

    Of two calls at once each counts what it ended itself.
    """
    # One after the other: two statements that lock the same rows in two orders would stop each other.
    queries.lock_person(session, actor.person_id)
    ended = _end_living(session, actor, now, DeviceSession.id != actor.session_id if keeps_current else true())
    log.info("sessions ended", extra={"person_id": str(actor.person_id), "count": len(ended)})
    return len(ended)


def _end_living(session: Session, actor: Actor, now: datetime, which: ColumnElement[bool]) -> Sequence[uuid.UUID]:
    return session.scalars(
        update(DeviceSession)
        .where(DeviceSession.person_id == actor.person_id, which, queries.is_living(now))
        .values(ended_at=now, end_reason="signed_out")
        .returning(DeviceSession.id)
    ).all()


def _signed_in(
    tokens: TokenIssuer, person_id: uuid.UUID, session_id: uuid.UUID, refresh: tuple[str, datetime], now: datetime
) -> SignedIn:
    refresh_token, refresh_expires_at = refresh
    return SignedIn(
        session_id=session_id,
        access_token=tokens.issue_access(person_id, session_id, now),
        access_expires_at=now.replace(microsecond=0) + ACCESS_LIFE,
        refresh_token=refresh_token,
        refresh_expires_at=refresh_expires_at,
    )


def _digest(token: str) -> bytes:
    """A refresh token has 256 bits of chance: its plain digest cannot be tried out."""
    return hashlib.sha256(token.encode()).digest()
