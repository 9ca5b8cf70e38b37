"""Giving a consent, and taking it back: each is a row of its own, and none is ever changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.consents import queries
from backend.consents.errors import ConsentsLimited, ConsentVersionUnknown
from backend.consents.models import ConsentRecord, ConsentText
from backend.consents.queries import Standing
from backend.consents.rules import APP_CHANNEL, CHANGES_A_DAY, Purpose
from backend.identity.actor import Actor
from backend.identity.queries import lock_person
from backend.identity.statements import count_within
from backend.kernel.clock import SHANGHAI
from backend.kernel.ids import uuid7


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person answered to a text: the purpose, the version they were shown, yes or no."""

    purpose: Purpose
    version: str
    is_given: bool


def answer_consent(session: Session, *, actor: Actor, answer: Answer, now: datetime) -> Standing:
    """Record the answer, unless it is the one that stands. Raises ConsentVersionUnknown or ConsentsLimited.

    A consent is given to the text of today alone; it may be withdrawn under any version that there ever was.
    """
    lock_person(session, actor.person_id)  # of two answers at once, one is the later
    day = now.astimezone(SHANGHAI).date()
    text = session.scalar(
        select(ConsentText).where(ConsentText.purpose == answer.purpose.value, ConsentText.version == answer.version)
    )
    is_current = text is not None and text.valid_from <= day and (text.valid_to is None or day < text.valid_to)
    if text is None or (answer.is_given and not is_current):
        raise ConsentVersionUnknown(errors={"json": {"version": [ConsentVersionUnknown.default_detail]}})
    latest = {row.purpose: row for row in queries.records_of(session, actor.person_id)}.get(answer.purpose.value)
    if latest is None or (latest.is_given, latest.version) != (answer.is_given, answer.version):
        _record(session, actor, text, answer, now)
    return next(
        one
        for one in queries.standings_of(session, actor=actor, day=day)
        if one.purpose == answer.purpose.value
    )  # fmt: skip


def _record(session: Session, actor: Actor, text: ConsentText, answer: Answer, now: datetime) -> None:
    wait_s = count_within(session, CHANGES_A_DAY, actor.person_id.bytes, now)
    if wait_s is not None:
        raise ConsentsLimited(retry_after_s=wait_s)
    session.add(
        ConsentRecord(
            id=uuid7(),
            person_id=actor.person_id,
            purpose=text.purpose,
            version=text.version,
            text_hash=text.text_hash,
            is_given=answer.is_given,
            channel=APP_CHANNEL,
            recorded_at=now,
        )
    )
    session.flush()  # the standing that is answered is read from the rows
