"""What citizens may see of their own complaints. Another person's complaint is as none at all (S2)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from backend.cases import queries as case_queries
from backend.cases.models import Case
from backend.cases.naming import Named
from backend.cases.numbering import COMPLAINT_PREFIX, is_number
from backend.cases.queries import Ground
from backend.cases.rules import State
from backend.cases.views import (
    LocationView,
    NamedCategory,
    Reader,
    category_of,
    division_of,
    location_of,
    rejection_of,
    request_type_of,
    viewer_of,
)
from backend.complaints import rules
from backend.complaints.errors import ComplaintNotFound
from backend.complaints.models import Complaint
from backend.complaints.query_codes import query_code_of
from backend.complaints.rules import ReporterAction
from backend.complaints.voices import OwnRating, last_rating, own_ratings, possible_now
from backend.evidence.queries import PhotoView, photos_of
from backend.identity.actor import Actor
from backend.identity.rules import masked_address
from backend.kernel.page import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPosition:
    """The place of a complaint in its person's list: newest first."""

    filed_at: datetime
    complaint_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintLine:
    """A complaint as a row of its reporter's list."""

    id: uuid.UUID
    number: str
    case_number: str
    version: int
    state: str
    state_name: str
    title: str | None = field(repr=False)
    request_type: Named
    category: NamedCategory
    division: Named
    filed_at: datetime
    due_at: datetime
    due_is_provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintDetail:
    """A whole complaint, for its reporter."""

    line: ComplaintLine
    description: str | None = field(repr=False)
    address: str | None = field(repr=False)
    location: LocationView | None
    photos: Sequence[PhotoView]
    identity_shown: str
    centre: Named
    answer: str | None = field(repr=False)
    rejection: Ground | None
    is_withdrawable: bool
    possible_actions: Sequence[ReporterAction]
    rating: OwnRating | None
    query_code: str = field(repr=False)


def own_complaint(session: Session, *, actor: Actor, number: str) -> Complaint:
    """Return one's own complaint. Raises ComplaintNotFound for every other number."""
    _refuse_malformed(number)
    statement = select(Complaint).where(Complaint.number == number, Complaint.person_id == actor.person_id)
    complaint = session.scalar(statement)
    if complaint is None:
        raise ComplaintNotFound
    return complaint


def own_complaints(session: Session, *, reader: Reader, limit: int, after: ListPosition | None) -> Page[ComplaintLine]:
    """Return a page of one's own complaints, newest first: two statements however long it is."""
    statement = _own(reader.actor)
    if after is not None:
        statement = statement.where(tuple_(Complaint.filed_at, Complaint.id) < (after.filed_at, after.complaint_id))
    rows = session.execute(statement.order_by(Complaint.filed_at.desc(), Complaint.id.desc()).limit(limit + 1)).all()
    titles = case_queries.titles_of(session, [case.id for _, case in rows], reader.sealer)
    return Page.cut([_line(complaint, case, titles.get(case.id), reader) for complaint, case in rows], limit)


def complaint_detail(session: Session, *, reader: Reader, number: str) -> ComplaintDetail:
    """Return one's own complaint as a whole. Raises ComplaintNotFound for every other number."""
    _refuse_malformed(number)
    row = session.execute(_own(reader.actor).where(Complaint.number == number)).one_or_none()
    if row is None:
        raise ComplaintNotFound
    complaint, case = row
    by_step = case_queries.texts_by_step(session, case.id, reader.sealer)
    texts, ratings = case_queries.latest_texts(by_step), own_ratings(session, case, number)
    possible = possible_now(session, case, number=number, ratings=ratings, reader=reader)
    centre = reader.city.centre(case.owner_centre_id)
    address = texts.get("address")
    return ComplaintDetail(
        line=_line(complaint, case, texts.get("title"), reader),
        description=texts.get("description"),
        address=masked_address(address) if address else None,
        location=location_of(case),
        # A case may be shared: what another reporter took is not theirs to see.
        photos=photos_of(session, attached_to=case.id, viewer=viewer_of(reader), only_own=True),
        identity_shown=complaint.identity_shown,
        centre=Named(code=centre.code, name=centre.name),
        # What a unit reports is an answer once it was reviewed, and no more once the case is handled anew.
        answer=texts.get("answer") if State(case.state) in rules.ANSWERED else None,
        rejection=rejection_of(session, case),
        is_withdrawable=ReporterAction.WITHDRAW in possible,
        possible_actions=possible,
        rating=last_rating(ratings, by_step),
        query_code=query_code_of(number, reader.sealer),
    )


def _refuse_malformed(number: str) -> None:
    """What cannot be a number of ours is not looked for: it may hold what PostgreSQL cannot take."""
    if not is_number(number, COMPLAINT_PREFIX):
        raise ComplaintNotFound


def _own(actor: Actor) -> Select[Complaint, Case]:
    joined = select(Complaint, Case).join(Case, Case.id == Complaint.case_id)
    return joined.where(Complaint.person_id == actor.person_id)


def _line(complaint: Complaint, case: Case, title: str | None, reader: Reader) -> ComplaintLine:
    return ComplaintLine(
        id=complaint.id,
        number=complaint.number,
        case_number=case.number,
        version=case.version,
        state=case.state,
        state_name=rules.STATE_WORDS[State(case.state)],
        title=title,
        request_type=request_type_of(case, reader.city),
        category=category_of(case, reader.city),
        division=division_of(case, reader.city),
        filed_at=complaint.filed_at,
        due_at=case.due_at,
        due_is_provisional=case.due_is_provisional,
    )
