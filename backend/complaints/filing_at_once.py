"""Filing a complaint in one statement (ADR 0036): decided by the rules in memory, written if they still hold.

The plain complaint goes this way. Whatever is not plain is left to ``use_cases.file_complaint``, which asks every guard
in its order and says what refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from psycopg.errors import UniqueViolation
from sqlalchemy.orm import Session

from backend.cases import filing as filing_rules
from backend.cases import queries as case_queries
from backend.cases.filing import Filing, Numbers, case_serials
from backend.cases.numbering import CASE_PREFIX, COMPLAINT_PREFIX
from backend.cases.statements import case_groups, policy_values
from backend.cases.use_cases import Desk, opened_case
from backend.complaints.filing_statement import run_filing
from backend.complaints.query_codes import query_code_of
from backend.complaints.use_cases import QUOTA_WINDOW, FilingReceipt, complaint_serials, complaint_values
from backend.consents.rules import Purpose
from backend.infrastructure.database import Database
from backend.infrastructure.idempotency import Kept, WriteKey, record_values
from backend.infrastructure.outbox import event_values
from backend.infrastructure.serials import Serials
from backend.kernel.clock import SHANGHAI
from backend.kernel.errors import DomainError
from backend.organization.statements.asking import Presumed


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOnce:
    """The key of the write, and how its receipt is kept for a repeat."""

    write: WriteKey
    keep: Callable[[FilingReceipt], Kept]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What the statement is run with. A session is opened for what memory does not hold: rules, a block of numbers.

    ``asker`` is who the filer is presumed to be.
    """

    database: Database
    session: Callable[[], Session]
    asker: Presumed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    receipt: FilingReceipt
    values: dict[str, Mapping[str, object]]


def file_at_once(
    hands: Hands, *, filing: Filing, daily_quota: int, desk: Desk, once: AnswerOnce
) -> FilingReceipt | None:
    """File a complaint in one statement, and keep its answer; None where nothing was written.

    ``desk.city`` may be the one in memory. A position is first taken to be consented to: who sends one has mostly
    agreed. For who has not, there is a second statement, without it.
    Raises DatabaseUnavailable or DatabaseBusy.
    """
    if filing.evidence_ids:
        return None
    for assumed in (None,) if filing.place is None else (True, False):
        try:
            prepared = _prepared(hands, filing, desk, location_kept=assumed)
        except DomainError:
            return None
        guards = _guards(hands, filing, daily_quota, desk, location_kept=assumed)
        kept = {"idempotency_record": record_values(once.write, once.keep(prepared.receipt))}
        try:
            verdict = run_filing(hands.database.at_once, prepared.values | guards | kept)
        except UniqueViolation:
            return None
        if verdict.is_written:
            return prepared.receipt
        if verdict.rules_hold is False:
            case_queries.forget_policies()
        if verdict.consent_is_as_assumed is not False:
            return None
    return None


def _prepared(hands: Hands, filing: Filing, desk: Desk, *, location_kept: bool | None) -> _Prepared:
    """Decide everything by the rules in memory. Raises DomainError, as ``filing.decide``."""
    now, day = desk.now, desk.now.astimezone(SHANGHAI).date()
    if location_kept is False:
        filing = replace(filing, place=None)
    policies = case_queries.policies_in_memory(hands.session, day)
    number = _next(hands, complaint_serials, COMPLAINT_PREFIX, now)
    numbers = Numbers(reporter=number, of_case=lambda: _next(hands, case_serials, CASE_PREFIX, now))
    decided = filing_rules.decide_by(policies, filing=filing, city=desk.city, numbers=numbers, now=now)
    opened = opened_case(filing=filing, decided=decided, desk=desk)
    complaint = complaint_values(filing, number, opened.case["id"], now)
    receipt = FilingReceipt(
        number=number,
        case_number=opened.case["number"],
        state=opened.case["state"],
        filed_at=now,
        due_at=opened.case["due_at"],
        location_kept=location_kept,
        query_code=query_code_of(number, desk.sealer),
    )
    values = case_groups(opened.case, opened.reporter, opened.written) | {
        "complaint": complaint,
        "outbox_event": event_values(opened.event),
        "policy": policy_values(policies, decided.marks.urgency, day),
    }
    return _Prepared(receipt=receipt, values=values)


def _next(hands: Hands, serials: Serials, prefix: str, now: datetime) -> str:
    return filing_rules.compose_next(lambda: serials.take_of(hands.database.engine, hands.session), prefix, now)


def _guards(
    hands: Hands, filing: Filing, daily_quota: int, desk: Desk, *, location_kept: bool | None
) -> dict[str, Mapping[str, object]]:
    """Return what the statement asks before it writes."""
    return {
        "asker": hands.asker.values(desk.now),
        "rate": {"person_id": filing.person_id, "since": desk.now - QUOTA_WINDOW, "quota": daily_quota},
        "city": {"version": desk.city.version},
        "consent": {
            "assumed": location_kept,
            "person_id": filing.person_id,
            "purpose": str(Purpose.PRECISE_LOCATION),
            "day": desk.now.astimezone(SHANGHAI).date(),
        },
    }
