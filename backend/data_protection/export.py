"""The copy of everything that is held on a person, as JSON: for themselves alone (PIPL 45).

Left out are photos, which are read from their complaints; the work notes of the staff; and who of them saw what: the
role and the centre are told.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.cases import ledger
from backend.cases import queries as case_queries
from backend.cases.ledger import plain
from backend.cases.models import Case, CaseReporter, CaseReveal, CaseText
from backend.cases.reveal_audit import reveals_of
from backend.cases.reveals import RevealField
from backend.complaints.models import Complaint
from backend.consents.queries import records_of
from backend.data_protection.models import DataRequest
from backend.identity.models import (
    DEVICE_NAME_CONTEXT,
    IDENTITY_NUMBER_CONTEXT,
    NAME_CONTEXT,
    PHONE_CONTEXT,
    DeviceSession,
    Person,
)
from backend.infrastructure.crypto import Sealed, Sealer
from backend.infrastructure.database import Base
from backend.notifications.models import Notification, PushDevice
from backend.notifications.use_cases.devices import ADDRESS_CONTEXT

FORMAT = "nantong-baitong-copy/1"
# What a copy holds is JSON of its own making: texts, numbers, lists.
Json = dict[str, Any]
# What is the reporter's own, or was said to them. Whatever else is written on a case is the house's.
_REPORTERS_TEXTS = frozenset(
    {"title", "description", "address", "location", "supplement", "reopening_reason", "answer", "contact_result"}
)


def copy_of(session: Session, *, person_id: uuid.UUID, sealer: Sealer, now: datetime) -> Json:
    """Return everything that is held on the person."""
    person = session.get_one(Person, person_id)
    return {
        "format": FORMAT,
        "made_at": plain(now),
        "profile": _profile(person, sealer),
        "sessions": _rows(session, DeviceSession, person_id, lambda row: _session(row, sealer)),
        "devices": _rows(session, PushDevice, person_id, lambda row: _device(row, sealer)),
        "consents": [
            _named(row, "purpose", "version", "is_given", "channel", "recorded_at")
            for row in records_of(session, person_id)
        ],
        "complaints": _rows(session, Complaint, person_id, lambda row: _complaint(session, row, sealer)),
        "notifications": _rows(
            session,
            Notification,
            person_id,
            lambda row: _named(row, "kind", "number", "case_number", "title", "body", "created_at", "read_at"),
        ),
        "reveals": _reveals(session, person_id),
        "data_requests": _rows(
            session,
            DataRequest,
            person_id,
            lambda row: _named(row, "kind", "state", "requested_at", "due_at", "finished_at", "refusal"),
        ),
    }


def _rows(session: Session, table: type[Base], person_id: uuid.UUID, told: Callable[[Any], Json]) -> list[Json]:
    """Return the person's rows in the order in which they were made: without one, it would tell of others' rows."""
    columns = table.__table__
    statement = select(table).where(columns.c.person_id == person_id).order_by(*columns.primary_key)
    return [told(row) for row in session.scalars(statement)]


def _named(row: object, *names: str) -> Json:
    return {name: plain(getattr(row, name)) for name in names}


def _opened(sealer: Sealer, key_id: str | None, ciphertext: bytes | None, context: str) -> str | None:
    if key_id is None or ciphertext is None:
        return None
    return sealer.open(Sealed(key_id, ciphertext), context=context)


def _profile(person: Person, sealer: Sealer) -> Json:
    identity_number = _opened(
        sealer, person.identity_number_key_id, person.identity_number_sealed, IDENTITY_NUMBER_CONTEXT
    )
    return {
        **_named(person, "id", "kind", "created_at"),
        "phone": _opened(sealer, person.phone_key_id, person.phone_sealed, PHONE_CONTEXT),
        "name": _opened(sealer, person.name_key_id, person.name_sealed, NAME_CONTEXT),
        "identity_number": identity_number,
    }


def _session(row: DeviceSession, sealer: Sealer) -> Json:
    names = ("id", "device_id", "created_at", "last_seen_at", "expires_at", "ended_at", "end_reason")
    name = _opened(sealer, row.device_name_key_id, row.device_name_sealed, DEVICE_NAME_CONTEXT)
    return {**_named(row, *names), "device_name": name}


def _device(row: PushDevice, sealer: Sealer) -> Json:
    address = _opened(sealer, row.address_key_id, row.address_sealed, ADDRESS_CONTEXT.format(row.device_id))
    return {**_named(row, "device_id", "platform", "app_version", "address_kind", "updated_at"), "address": address}


def _complaint(session: Session, row: Complaint, sealer: Sealer) -> Json:
    case = session.get_one(Case, row.case_id)
    steps = [json.loads(entry.entry) for entry in case_queries.ledger_of(session, case.id)]
    own = {step["seq"] for step in steps if step["actor"]["person_id"] == str(row.person_id)}
    texts = session.scalars(
        select(CaseText).where(CaseText.case_id == case.id).order_by(CaseText.seq, CaseText.field)
    ).all()
    return {
        **_named(row, "number", "identity_shown", "filed_at"),
        "case": _named(
            case, "number", "state", "request_type", "category_tree", "category_code", "division_code", "submitted_at",
            "due_at", "ended_at", "longitude_wgs84", "latitude_wgs84",
        ),
        "texts": [
            {"step": text.seq, "field": text.field, "text": ledger.open_text(text, sealer)}
            for text in texts
            if text.seq in own or text.field in _REPORTERS_TEXTS
        ],
        "steps": [
            {"step": step["seq"], "at": step["at"], "action": step["action"], "to": step["to"],
             "role": step["actor"]["role"]}
            for step in steps
        ],
        "ratings": [
            {"step": rating.seq, **_named(rating, "round", "is_solved", "stars", "rated_at")}
            for rating in case_queries.ratings_of(session, case.id)
            if rating.number == row.number
        ],
    }  # fmt: skip


def _reveals(session: Session, person_id: uuid.UUID) -> Sequence[Json]:
    """Return which role of which centre saw what of the person's cases, since they reported them."""
    own = session.scalars(select(CaseReporter).where(CaseReporter.person_id == person_id)).all()
    since = {row.case_id: row for row in own}
    return [_reveal(row) for row in reveals_of(session, list(since)) if _concerns(row, since[row.case_id])]


def _concerns(row: CaseReveal, reporter: CaseReporter) -> bool:
    fields = set(json.loads(row.entry)["fields"])
    is_named = reporter.identity_shown == "named"
    texts = {RevealField.ADDRESS.value, RevealField.DESCRIPTION.value}
    return row.revealed_at >= reporter.reported_at and (is_named or bool(fields & texts))


def _reveal(row: CaseReveal) -> Json:
    told = json.loads(row.entry)
    return {name: told[name] for name in ("at", "case", "role", "centre_id", "fields")}
