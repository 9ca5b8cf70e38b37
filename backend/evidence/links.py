"""Links to evidence: short-lived, for one rendition, and only as long as whoever was given one may look (S4).

Signed with a key of their own. A link holds ids, and dies with the session of its reader or with a change of their
roles; whoever shows a case or a complaint mints it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

from backend.evidence.errors import EvidenceLinkRefused
from backend.evidence.rules import LINK_LIFE, Rendition
from backend.identity.actor import Actor
from backend.infrastructure.crypto import Sealer, url_token

_PURPOSE = "evidence.link"
_FORM = struct.Struct(">16sB16s16sI8s")
_SIGNATURE_BYTES = 16
# Base64 without padding: four characters for three bytes.
TOKEN_CHARACTERS = -(-(_FORM.size + _SIGNATURE_BYTES) * 4 // 3)
_NUMBERS = {Rendition.FULL: 1, Rendition.THUMBNAIL: 2}
_RENDITIONS = {number: rendition for rendition, number in _NUMBERS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A token for one rendition, and when it ends."""

    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a link says: what may be fetched, and by whom it was asked for."""

    evidence_id: uuid.UUID
    rendition: Rendition
    person_id: uuid.UUID
    session_id: uuid.UUID
    reader_mark: bytes


def mint(sealer: Sealer, *, actor: Actor, evidence_id: uuid.UUID, rendition: Rendition, now: datetime) -> Link:
    """Return a link for the actor. The caller has decided that they may look."""
    expires_at = datetime.fromtimestamp(int((now + LINK_LIFE).timestamp()), UTC)
    content = _FORM.pack(
        evidence_id.bytes,
        _NUMBERS[rendition],
        actor.person_id.bytes,
        actor.session_id.bytes,
        int(expires_at.timestamp()),
        mark_of(actor),
    )
    return Link(token=url_token(content + _signature(sealer, content)), expires_at=expires_at)


def read_link(sealer: Sealer, token: str, *, now: datetime) -> Ticket:
    """Return what a link says. Raises EvidenceLinkRefused for one that is not ours or has ended."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise EvidenceLinkRefused from None
    # Base64 has several spellings of one value; a link has one.
    if url_token(raw) != token:
        raise EvidenceLinkRefused
    content, signature = raw[: _FORM.size], raw[_FORM.size :]
    if len(content) != _FORM.size or not hmac.compare_digest(signature, _signature(sealer, content)):
        raise EvidenceLinkRefused
    evidence, number, person, session, ends_s, mark = _FORM.unpack(content)
    if ends_s <= now.timestamp():
        raise EvidenceLinkRefused
    return Ticket(
        evidence_id=uuid.UUID(bytes=evidence),
        rendition=_RENDITIONS[number],
        person_id=uuid.UUID(bytes=person),
        session_id=uuid.UUID(bytes=session),
        reader_mark=mark,
    )


def mark_of(actor: Actor) -> bytes:
    """Return what changes when the actor's roles or places do."""
    roles = [str(actor.own_role), *sorted(f"{one.role}@{one.centre_id}/{one.unit_code}" for one in actor.bindings)]
    return hashlib.sha256("\n".join(roles).encode()).digest()[:8]


def _signature(sealer: Sealer, content: bytes) -> bytes:
    return sealer.keyed_digest(content.hex(), purpose=_PURPOSE)[:_SIGNATURE_BYTES]
