"""An upload from its form to its answer: two short transactions, and the work on the photo between them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

from backend.evidence import headers
from backend.evidence.errors import PhotoDigestMismatch, PhotoTooLarge, PhotoTypeRefused, PhotoUnreadable
from backend.evidence.headers import Header, HeaderRefused
from backend.evidence.queries import EvidenceFacts, PhotoView, shown
from backend.evidence.rules import MAX_PHOTO_BYTES, is_too_large
from backend.evidence.use_cases.intake import (
    Intake,
    Stored,
    abandon_intake,
    begin_intake,
    finish_intake,
    store_developed,
)
from backend.infrastructure.idempotency import WriteKey, keep_answer, stored_answer
from backend.kernel.errors import DomainError
from mobile_api.access import current_actor
from mobile_api.evidence.viewers import viewer
from mobile_api.idempotency import REPLAYED, write_key
from mobile_api.services import services
from mobile_api.transactions import current_session, release_session

_OPERATION = "evidence.add"
_CREATED = 201

Answer = tuple[PhotoView, int, dict[str, str]]


def take_in(photo: IO[bytes], form: Mapping[str, Any]) -> Answer:
    """Keep a photo and answer with links to it; the same photo under the same key is kept once (S24)."""
    digest = hashlib.file_digest(photo, "sha256").hexdigest()  # type: ignore[arg-type]  # a temporary file reads into
    if form["sha256"] not in (None, digest):
        raise PhotoDigestMismatch(errors={"form": {"sha256": ["与收到的照片不符。"]}})
    write = write_key(_OPERATION, _fingerprint(form, digest))
    record = stored_answer(current_session(), write)
    if record is not None:
        return _replayed(record.receipt)
    header = _header_of(photo)
    intake = begin_intake(
        current_session(),
        actor=current_actor(),
        stage=form["stage"],
        daily_quota=services().settings.evidence_daily_quota,
        sealer=services().sealer,
        now=services().clock.now(),
    )
    release_session()
    return _finished(write, intake, _developed(photo, header, intake, form))


def _developed(photo: IO[bytes], header: Header, intake: Intake, form: Mapping[str, Any]) -> Stored:
    """Develop and store, with no transaction open. What is refused here is given up before the refusal leaves."""
    try:
        with services().darkroom.develop(photo, header) as developed:
            return store_developed(services().objects, intake=intake, developed=developed, said=_said(form))
    except DomainError:
        abandon_intake(current_session(), intake=intake)
        release_session()
        raise


def _finished(write: WriteKey, intake: Intake, stored: Stored) -> Answer:
    record = stored_answer(current_session(), write)
    if record is not None:
        # The same request was at work twice at once, and the other was faster.
        abandon_intake(current_session(), intake=intake)
        return _replayed(record.receipt)
    facts = finish_intake(
        current_session(),
        actor=current_actor(),
        intake=intake,
        stored=stored,
        sealer=services().sealer,
        now=services().clock.now(),
    )
    kept = {
        "id": str(facts.id),
        "stage": facts.stage,
        "width": facts.width,
        "height": facts.height,
        "created_at": facts.created_at.isoformat(),
    }
    # Without the links: they end soon, and whoever holds one may look (S24).
    keep_answer(current_session(), write, status=_CREATED, receipt=kept, etag=None)
    return shown(facts, viewer()), _CREATED, {}


def _replayed(kept: Mapping[str, Any]) -> Answer:
    facts = EvidenceFacts(
        id=uuid.UUID(kept["id"]),
        stage=kept["stage"],
        width=kept["width"],
        height=kept["height"],
        created_at=datetime.fromisoformat(kept["created_at"]),
    )
    return shown(facts, viewer()), _CREATED, dict(REPLAYED)


def _header_of(photo: IO[bytes]) -> Header:
    """Return what the photo says of itself, or refuse it before anything decodes a byte of it (S15)."""
    if photo.seek(0, 2) > MAX_PHOTO_BYTES:
        raise PhotoTooLarge("照片不能超过 20 MiB。", errors={"form": {"photo": ["不能超过 20 MiB。"]}})
    try:
        kind = headers.type_of(photo)
    except HeaderRefused as error:
        raise PhotoTypeRefused(errors={"form": {"photo": ["格式不受支持。"]}}) from error
    try:
        header = headers.read_header(photo, kind)
    except HeaderRefused as error:
        raise PhotoUnreadable(errors={"form": {"photo": ["照片无法读取。"]}}) from error
    if is_too_large(header.width, header.height):
        raise PhotoTooLarge(errors={"form": {"photo": ["尺寸过大。"]}})
    return header


def _said(form: Mapping[str, Any]) -> dict[str, str | float]:
    said: dict[str, str | float] = {}
    if form["captured_at"] is not None:
        said["at"] = form["captured_at"].isoformat()
    if form["capture_system"] is not None:
        said["longitude"], said["latitude"] = form["capture_longitude"], form["capture_latitude"]
        said["system"] = form["capture_system"].value
    return said


def _fingerprint(form: Mapping[str, Any], digest: str) -> bytes:
    """Return what makes two uploads the same: not the bytes of the form, whose boundary a client may draw anew."""
    facts = _said(form) | {"stage": form["stage"].value}
    return "\n".join([digest, *(f"{name}={facts[name]}" for name in sorted(facts))]).encode()
