"""Showing in full what is masked, to the few who must: for a reason, within a limit, never unrecorded (S36).

The record is written in the transaction whose commit comes before the answer leaves: no value without its record.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from backend.cases import queries
from backend.cases.errors import ReporterHidden, RevealsLimited
from backend.cases.filing import IdentityShown
from backend.cases.models import Case, CaseReporter
from backend.cases.queries.tasks import is_of_unit
from backend.cases.reveal_audit import RevealFacts, append_reveal
from backend.cases.rules import State
from backend.cases.views import Reader
from backend.identity.actor import Binding
from backend.identity.permissions import Permission
from backend.identity.queries import contacts_of
from backend.identity.rules import Guard
from backend.identity.statements import count_within

log = logging.getLogger(__name__)

REVEALS_A_DAY = Guard(name="reveal_day", limit=50, window=timedelta(days=1))


class RevealField(StrEnum):
    """What can be shown in full. The reporter's own fields only of those who report by name."""

    REPORTER_NAME = "reporter_name"
    REPORTER_PHONE = "reporter_phone"
    ADDRESS = "address"
    DESCRIPTION = "description"


_REPORTERS_OWN = frozenset({RevealField.REPORTER_NAME, RevealField.REPORTER_PHONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealAsked:
    """What an operator asks to see of which case, why, and in which request."""

    number: str
    fields: frozenset[RevealField]
    reason: str = field(repr=False)
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealedReporter:
    """A reporter by name, as far as was asked."""

    number: str
    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """What was asked for, in full. Fields that were not asked for are None."""

    number: str
    revealed_at: datetime
    address: str | None = field(repr=False)
    description: str | None = field(repr=False)
    reporters: Sequence[RevealedReporter] = field(repr=False)


def reveal(session: Session, *, reader: Reader, asked: RevealAsked) -> Revealed:
    """Show the fields of a case in full, and record it. Raises CaseNotFound, RevealsLimited or ReporterHidden."""
    actor = reader.actor
    case = queries.revealable_case(session, actor=actor, number=asked.number)
    wait_s = count_within(session, REVEALS_A_DAY, actor.person_id.bytes, reader.now)
    if wait_s is not None:
        raise RevealsLimited(retry_after_s=wait_s)
    reporters = _shown_reporters(session, case, asked.fields)
    binding = _binding_over(session, reader, case)
    facts = RevealFacts(
        person_id=actor.person_id,
        role=binding.role,
        centre_id=binding.centre_id,
        fields=sorted(asked.fields),
        reason=asked.reason,
        request_id=asked.request_id,
        at=reader.now,
    )
    append_reveal(session, case=case, facts=facts, sealer=reader.sealer)
    log.info("data revealed", extra={"case_id": str(case.id), "fields": facts.fields})
    return _revealed(session, case, reporters, asked.fields, reader)


def _shown_reporters(session: Session, case: Case, fields: Collection[RevealField]) -> Sequence[CaseReporter]:
    if not _REPORTERS_OWN & set(fields):
        return ()
    named = [row for row in queries.reporters_of(session, case.id) if row.identity_shown == IdentityShown.NAMED]
    if not named:
        # The desk reads in the case how its reporters wished to be shown: the refusal tells nothing new.
        raise ReporterHidden
    return named


def _revealed(
    session: Session,
    case: Case,
    reporters: Sequence[CaseReporter],
    fields: Collection[RevealField],
    reader: Reader,
) -> Revealed:
    texts = queries.texts_of(session, case.id, reader.sealer)
    contacts = contacts_of(session, sealer=reader.sealer, person_ids={row.person_id for row in reporters})
    return Revealed(
        number=case.number,
        revealed_at=reader.now,
        address=texts.get("address") if RevealField.ADDRESS in fields else None,
        description=texts.get("description") if RevealField.DESCRIPTION in fields else None,
        reporters=[
            RevealedReporter(
                number=row.number,
                name=contacts[row.person_id].name if RevealField.REPORTER_NAME in fields else None,
                phone=contacts[row.person_id].phone if RevealField.REPORTER_PHONE in fields else None,
            )
            for row in reporters
        ],
    )


def _binding_over(session: Session, reader: Reader, case: Case) -> Binding:
    """Return the binding by which the reader may see the case in full; the query has found that there is one."""
    owner_path = reader.city.centre(case.owner_centre_id).path
    actor = reader.actor
    waits_for_callback = case.state == State.CALLBACK
    over_the_area = [Permission.REVEAL_PERSONAL_DATA, *([Permission.CLOSE_CASE] if waits_for_callback else [])]
    for permission in over_the_area:
        for binding in actor.bindings_with(permission):
            if binding.unit_code is None and owner_path.startswith(binding.centre_path):
                return binding
    tasks = queries.tasks_of(session, case.id)
    in_hands = actor.bindings_with(Permission.REVEAL_IN_HANDS)
    of_unit = (one for one in in_hands if any(is_of_unit(task, one) for task in tasks))
    return next(of_unit, in_hands[0])
