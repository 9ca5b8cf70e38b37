"""What a grid worker does: report what they see, and put it right on the spot where they can."""

from __future__ import annotations

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from backend.cases import chain
from backend.cases import errors as case_errors
from backend.cases import filing as filing_rules
from backend.cases import queries as case_queries
from backend.cases.filing import Channel, Decided, Filing, IdentityShown, Sighting
from backend.cases.models import Case
from backend.cases.numbering import GRID_REPORT_PREFIX
from backend.cases.rules import (
    MIN_ANSWER_LENGTH,
    Action,
    DispatchOrder,
    Feedback,
    Move,
    is_short,
    stages_of_photos,
)
from backend.cases.use_cases import Desk, move_by_clock, move_found_case, open_case, witness_of
from backend.evidence.rules import STAGES_OF_REPORTS, Stage
from backend.evidence.use_cases.attaching import Waiting, stages_of
from backend.grid_reports import queries, rules
from backend.grid_reports.areas import binding_for, division_for, is_on_the_line
from backend.grid_reports.errors import ClientIdReused, GridQuotaReached, GridReportIncomplete
from backend.grid_reports.models import GRID_REPORT_SERIAL, GridReport
from backend.grid_reports.report import Report, content_of
from backend.grid_reports.rules import Template
from backend.identity.actor import Actor, Binding
from backend.identity.queries import lock_person
from backend.infrastructure.serials import Serials
from backend.kernel.ids import uuid7

_serials = Serials(GRID_REPORT_SERIAL)
# The reporter is who did the work: there is nobody else to be told.
_CONTACT = "网格员本人发现并当场处置，无需另行联系。"


@dataclass(frozen=True, slots=True, kw_only=True)
class GridReceipt:
    """What the phone is given for a report, and given again when it asks again: as things stood when it was taken."""

    number: str
    case_number: str
    state: str
    filed_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Photos:
    """The photos of a report: those that show what was found, and those that show it put right."""

    found: Sequence[uuid.UUID]
    after: Sequence[uuid.UUID]
    stages: frozenset[Stage]


def file_grid_report(session: Session, *, actor: Actor, report: Report, daily_quota: int, desk: Desk) -> GridReceipt:
    """Take a report: it opens a case, which goes as far as the report carries it.

    A report that is whole is accepted at once; one that was put right on the spot is dispatched, signed and reported
    back by its reporter too, each a step of its own in the ledger. A report that comes again, by whatever key and in
    whatever order, changes nothing and gets the same receipt. The position is kept whatever the person consents to:
    it is where the city's thing is, told as part of their work.
    Raises ClientIdReused, CapturedAtRefused, GridQuotaReached (G-rate), EvidenceNotAttachable, GridReportIncomplete,
    FeedbackIncomplete or AfterPhotoRequired (G-fb), or the error of the guard that refuses the filing.
    """
    # One report of a person at a time: of two at once, the second must find the first.
    lock_person(session, actor.person_id)
    earlier = queries.report_of(session, person_id=actor.person_id, client_id=report.client_id)
    if earlier is not None:
        return _receipt_again(*earlier, report)
    rules.check_captured_at(report.captured_at, desk.now)
    _refuse_beyond_quota(session, actor.person_id, daily_quota, desk.now)
    _refuse_short_answer(report)
    return _take(session, actor, report, desk)


def _take(session: Session, actor: Actor, report: Report, desk: Desk) -> GridReceipt:
    photos = _photos(session, actor.person_id, report, desk.now)
    filing = _filing(actor, report, photos, division_for(report.division_code, report.place, desk.city))
    number = filing_rules.next_number(session, _serials, GRID_REPORT_PREFIX, desk.now)
    decided = filing_rules.decide(session, filing=filing, city=desk.city, reporter_number=number, now=desk.now)
    owner_path = desk.city.centre(decided.owner_centre_id).path
    binding = binding_for(actor, owner_path)
    filing = replace(filing, sighting=_sighting(report, binding))
    missing = rules.missing_of(_template(report, photos, decided, is_in_area=is_on_the_line(owner_path, binding)))
    if report.handled is not None and missing:
        raise GridReportIncomplete(errors={"json": missing})
    case = open_case(session, filing=filing, decided=decided, desk=desk)
    if not missing:
        move_by_clock(session, case=case, move=Move(action=Action.ACCEPT), desk=desk)
    for move in _moves_on_the_spot(report, photos):
        move_found_case(session, case=case, finder=witness_of(filing), move=move, desk=desk)
    row = _row(actor, report, number, case, desk.now)
    session.add(row)
    return _receipt(row, case.number)


def _moves_on_the_spot(report: Report, photos: _Photos) -> Sequence[Move]:
    """Return the moves of somebody who found it and put it right: T09, T11, T19."""
    if report.handled is None:
        return ()
    feedback = Feedback(
        is_true=True,
        is_contacted=False,
        contact_result=_CONTACT,
        is_solved=True,
        public_answer=report.handled.public_answer,
    )
    return (
        Move(action=Action.DISPATCH, dispatch=DispatchOrder()),
        Move(action=Action.SIGN),
        Move(action=Action.REPORT_BACK, feedback=feedback, evidence_ids=tuple(photos.after) or None),
    )


def _photos(session: Session, person_id: uuid.UUID, report: Report, now: datetime) -> _Photos:
    """Part the photos by what they show. One of after the handling belongs to no report of what is still there."""
    taken = STAGES_OF_REPORTS if report.handled is None else stages_of_photos(Action.REPORT_BACK)
    waiting = Waiting(person_id=person_id, stages=taken, at=now)
    stages = stages_of(session, evidence_ids=report.evidence_ids, waiting=waiting)
    parted = list(zip(report.evidence_ids, stages, strict=True))
    return _Photos(
        found=[evidence_id for evidence_id, stage in parted if stage in STAGES_OF_REPORTS],
        after=[evidence_id for evidence_id, stage in parted if stage not in STAGES_OF_REPORTS],
        stages=frozenset(stages),
    )


def _filing(actor: Actor, report: Report, photos: _Photos, division: str) -> Filing:
    return Filing(
        person_id=actor.person_id,
        channel=Channel.GRID,
        request_type=rules.REQUEST_TYPE,
        category_tree=report.category_tree,
        category_code=report.category_code,
        division_code=division,
        identity_shown=IdentityShown.NAMED,
        place=report.place,
        texts=report.texts,
        evidence_ids=photos.found,
    )


def _sighting(report: Report, binding: Binding) -> Sighting:
    return Sighting(centre_id=binding.centre_id, client_id=report.client_id, captured_at=report.captured_at)


def _template(report: Report, photos: _Photos, decided: Decided, *, is_in_area: bool) -> Template:
    return Template(
        has_position=report.place is not None,
        description=report.texts["description"],
        is_physical=decided.is_physical,
        stages=photos.stages,
        is_in_area=is_in_area,
    )


def _refuse_short_answer(report: Report) -> None:
    if report.handled is not None and is_short(report.handled.public_answer):
        told = {"public_answer": [f"至少 {MIN_ANSWER_LENGTH} 个字。"]}
        raise case_errors.FeedbackIncomplete(errors={"json": {"handled": told}})


def _refuse_beyond_quota(session: Session, person_id: uuid.UUID, daily_quota: int, now: datetime) -> None:
    first_counted_at = case_queries.newest_report_but(
        session, daily_quota - 1, person_id=person_id, since=now - rules.QUOTA_WINDOW
    )
    if first_counted_at is not None:
        wait = first_counted_at + rules.QUOTA_WINDOW - now
        raise GridQuotaReached(retry_after_s=max(1, math.ceil(wait.total_seconds())))


def _row(actor: Actor, report: Report, number: str, case: Case, now: datetime) -> GridReport:
    salt = chain.new_salt()
    return GridReport(
        id=uuid7(),
        number=number,
        client_id=report.client_id,
        person_id=actor.person_id,
        case_id=case.id,
        captured_at=report.captured_at,
        received_at=now,
        receipt_state=case.state,
        receipt_due_at=case.due_at,
        content_salt=salt,
        content_digest=chain.digest_of(content_of(report), salt),
    )


def _receipt_again(row: GridReport, case_number: str, report: Report) -> GridReceipt:
    if chain.digest_of(content_of(report), row.content_salt) != row.content_digest:
        raise ClientIdReused
    return _receipt(row, case_number)


def _receipt(row: GridReport, case_number: str) -> GridReceipt:
    return GridReceipt(
        number=row.number,
        case_number=case_number,
        state=row.receipt_state,
        filed_at=row.received_at,
        due_at=row.receipt_due_at,
    )
