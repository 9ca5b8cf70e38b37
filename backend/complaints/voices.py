"""What a reporter said of their own complaint, and what they may do with it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from backend.cases import queries as case_queries
from backend.cases.models import Case, CaseRating
from backend.cases.rules import State
from backend.cases.use_cases.stages import Timing, rating_ends_at, reopening_ends_at
from backend.cases.views import Reader
from backend.complaints import rules
from backend.complaints.rules import ReporterAction
from backend.kernel.clock import SHANGHAI


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRating:
    """What the reporter thinks of the round that they rated last."""

    round: int
    is_solved: bool
    stars: int
    comment: str | None = field(repr=False)
    rated_at: datetime


def own_ratings(session: Session, case: Case, number: str) -> Sequence[CaseRating]:
    """Return the ratings of the reporter with this number, first one first."""
    return [row for row in case_queries.ratings_of(session, case.id) if row.number == number]


def last_rating(ratings: Sequence[CaseRating], texts: Mapping[tuple[int, str], str | None]) -> OwnRating | None:
    """Return the last of these ratings as its reporter sees it; None where there is none."""
    if not ratings:
        return None
    row = ratings[-1]
    return OwnRating(
        round=row.round,
        is_solved=row.is_solved,
        stars=row.stars,
        comment=texts.get((row.seq, "rating_comment")),
        rated_at=row.rated_at,
    )


def possible_now(
    session: Session, case: Case, *, number: str, ratings: Sequence[CaseRating], reader: Reader
) -> Sequence[ReporterAction]:
    """Return what the reporter with this number may do now: one statement more, whatever the state."""
    state, timing = State(case.state), None
    if state is State.CLOSED:
        policies = case_queries.policies_on(session, reader.now.astimezone(SHANGHAI).date())
        timing = Timing(policies=policies, city=reader.city, now=reader.now)
    facts = rules.ComplaintFacts(
        version=case.workflow_version,
        state=state,
        is_safety=case.is_safety,
        last_urged_at=None if timing else case_queries.last_urged_at(session, case.id, number),
        is_rated=case.round in {row.round for row in ratings},
        rating_ends_at=rating_ends_at(case, timing) if timing else None,
        reopening_ends_at=reopening_ends_at(case, timing) if timing else None,
    )
    return rules.possible_actions(facts, reader.now)
