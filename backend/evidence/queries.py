"""Reading evidence: one's own while it waits; afterwards only through what it is attached to, or by a link (S2)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.evidence.errors import EvidenceLinkRefused, EvidenceNotFound
from backend.evidence.links import Link, mark_of, mint, read_link
from backend.evidence.models import Evidence
from backend.evidence.rules import MEDIA_TYPES, Rendition, State
from backend.identity.actor import Actor
from backend.infrastructure.crypto import Sealer
from backend.organization.queries.actors import actor_of


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFacts:
    """What may be said of a photo: never who took it, where or when."""

    id: uuid.UUID
    stage: str
    width: int
    height: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoView(EvidenceFacts):
    """A photo with links to what may be shown of it."""

    thumbnail: Link
    full: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks, and what it takes to give them links."""

    actor: Actor
    sealer: Sealer
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Where the bytes of a rendition are, and what they are."""

    key: str
    media_type: str


def own_waiting(session: Session, *, evidence_id: uuid.UUID, viewer: Viewer) -> PhotoView:
    """Return one's own photo that waits for its complaint. Raises EvidenceNotFound for every other."""
    row = session.scalar(
        select(Evidence).where(
            Evidence.id == evidence_id,
            Evidence.person_id == viewer.actor.person_id,
            Evidence.state == State.READY.value,
            Evidence.attached_to.is_(None),
        )
    )
    if row is None:
        raise EvidenceNotFound
    return _view(row, viewer)


def photos_of(
    session: Session, *, attached_to: uuid.UUID, viewer: Viewer, only_own: bool = False
) -> Sequence[PhotoView]:
    """Return the photos of a thing, with links for the viewer. The caller has decided that they may look.

    ``only_own`` leaves out what other people took.
    """
    statement = select(Evidence).where(Evidence.attached_to == attached_to, Evidence.state == State.READY.value)
    if only_own:
        statement = statement.where(Evidence.person_id == viewer.actor.person_id)
    rows = session.scalars(statement.order_by(Evidence.attached_at, Evidence.position))
    return [_view(row, viewer) for row in rows]


def digests_of(session: Session, attached_to: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    """Return the digest of each photo by what it is attached to, those that were erased among them."""
    rows = session.execute(
        select(Evidence.attached_to, Evidence.id, Evidence.sha256).where(Evidence.attached_to.in_(attached_to))
    )
    digests: dict[uuid.UUID, dict[str, str]] = {}
    for owner, evidence_id, sha256 in rows:
        if owner is not None and sha256 is not None:
            digests.setdefault(owner, {})[str(evidence_id)] = sha256.hex()
    return digests


def linked_content(session: Session, *, token: str, sealer: Sealer, now: datetime) -> Content:
    """Return what a link leads to, if its reader is still signed in and still who they were.

    Raises EvidenceLinkRefused.
    """
    ticket = read_link(sealer, token, now=now)
    reader = actor_of(session, person_id=ticket.person_id, session_id=ticket.session_id, now=now)
    if reader is None or mark_of(reader) != ticket.reader_mark:
        raise EvidenceLinkRefused
    key = Evidence.full_key if ticket.rendition is Rendition.FULL else Evidence.thumbnail_key
    found = session.scalar(select(key).where(Evidence.id == ticket.evidence_id, Evidence.state == State.READY.value))
    if found is None:
        raise EvidenceLinkRefused
    return Content(key=found, media_type=MEDIA_TYPES[ticket.rendition])


def shown(facts: EvidenceFacts, viewer: Viewer) -> PhotoView:
    """Return what is known of a photo, with links for the viewer. The caller has decided that they may look."""
    links = {
        rendition: mint(viewer.sealer, actor=viewer.actor, evidence_id=facts.id, rendition=rendition, now=viewer.now)
        for rendition in Rendition
    }
    return PhotoView(
        id=facts.id,
        stage=facts.stage,
        width=facts.width,
        height=facts.height,
        created_at=facts.created_at,
        thumbnail=links[Rendition.THUMBNAIL],
        full=links[Rendition.FULL],
    )


def _view(row: Evidence, viewer: Viewer) -> PhotoView:
    facts = EvidenceFacts(
        id=row.id, stage=row.stage, width=row.width or 0, height=row.height or 0, created_at=row.created_at
    )
    return shown(facts, viewer)
