"""Which texts are in force, what a person has agreed to, and whether a consent holds now."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from backend.consents.models import ConsentRecord, ConsentText
from backend.consents.rules import PURPOSE_NAMES, ConsentState, Purpose, state_after
from backend.identity.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class TextInForce:
    """A text that people are asked to agree to. ``text_hash`` is SHA-256 in hex."""

    purpose: str
    purpose_name: str
    version: str
    title: str
    text: str
    text_hash: str
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a person stands with a purpose. ``version`` is the one of the latest record."""

    purpose: str
    purpose_name: str
    current_version: str
    state: ConsentState
    version: str | None
    recorded_at: datetime | None


def texts_on(session: Session, day: date) -> Sequence[TextInForce]:
    """Return the texts of a day, in the order of the purposes."""
    rows = session.scalars(select(ConsentText).where(_holds(day))).all()
    order = list(Purpose)
    return [
        TextInForce(
            purpose=row.purpose,
            purpose_name=PURPOSE_NAMES[Purpose(row.purpose)],
            version=row.version,
            title=row.title,
            text=row.text,
            text_hash=row.text_hash.hex(),
            valid_from=row.valid_from,
        )
        for row in sorted(rows, key=lambda row: order.index(Purpose(row.purpose)))
    ]


def standings_of(session: Session, *, actor: Actor, day: date) -> Sequence[Standing]:
    """Return where the actor stands with every purpose that has a text on the day."""
    latest = {row.purpose: row for row in records_of(session, actor.person_id)}
    return [_standing(text, latest.get(text.purpose)) for text in texts_on(session, day)]


def records_of(session: Session, person_id: uuid.UUID) -> Sequence[ConsentRecord]:
    """Return everything a person has answered, the oldest first."""
    statement = select(ConsentRecord).where(ConsentRecord.person_id == person_id)
    return session.scalars(statement.order_by(ConsentRecord.recorded_at, ConsentRecord.id)).all()


def consent_holds(session: Session, *, person_id: uuid.UUID, purpose: Purpose, day: date) -> bool:
    """Tell whether the person's latest word on the purpose is a consent to the text of the day: one statement."""
    row = session.execute(
        select(ConsentRecord.is_given, ConsentText.id)
        .outerjoin(
            ConsentText,
            and_(ConsentText.purpose == purpose.value, ConsentText.version == ConsentRecord.version, _holds(day)),
        )
        .where(ConsentRecord.person_id == person_id, ConsentRecord.purpose == purpose.value)
        .order_by(ConsentRecord.recorded_at.desc(), ConsentRecord.id.desc())
        .limit(1)
    ).one_or_none()
    return row is not None and row.is_given and row.id is not None


def _holds(day: date) -> ColumnElement[bool]:
    return and_(ConsentText.valid_from <= day, or_(ConsentText.valid_to.is_(None), ConsentText.valid_to > day))


def _standing(text: TextInForce, record: ConsentRecord | None) -> Standing:
    state = ConsentState.NEVER_ASKED
    if record is not None:
        state = state_after(is_given=record.is_given, version=record.version, current_version=text.version)
    return Standing(
        purpose=text.purpose,
        purpose_name=text.purpose_name,
        current_version=text.version,
        state=state,
        version=record.version if record else None,
        recorded_at=record.recorded_at if record else None,
    )
