"""Reporters as a desk sees them: who, as far as they let themselves be seen, and what they said of the handling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from backend.cases import queries
from backend.cases.filing import IdentityShown
from backend.cases.models import Case, CaseReporter, LedgerEntry
from backend.identity.queries import Profile, profiles_of
from backend.identity.rules import masked_text
from backend.infrastructure.crypto import Sealer

# By the number of the ledger entry and the field; None where it was erased.
StepTexts = Mapping[tuple[int, str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterView:
    """A reporter as far as they let themselves be seen: nothing of an anonymous or a confidential one."""

    number: str
    identity_shown: str
    channel: str
    reported_at: datetime
    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgeView:
    """An urge: by which report, in which round, and with what words."""

    number: str
    round: int
    urged_at: datetime
    text: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingView:
    """A rating of one round, by which report. It is what the reporter says, and no fact of the callback."""

    number: str
    round: int
    is_solved: bool
    stars: int
    comment: str | None = field(repr=False)
    rated_at: datetime


def reporter_views(session: Session, case: Case, sealer: Sealer) -> Sequence[ReporterView]:
    """Return who reported a case, in the order of their reports."""
    rows = queries.reporters_of(session, case.id)
    named = {row.person_id for row in rows if row.identity_shown == IdentityShown.NAMED}
    profiles = profiles_of(session, sealer=sealer, person_ids=named)
    # A person may report named and anonymously: the second report must not be given the first one's name.
    return [
        _reporter(row, profiles.get(row.person_id) if row.identity_shown == IdentityShown.NAMED else None)
        for row in rows
    ]


def urge_views(entries: Sequence[LedgerEntry], texts: StepTexts) -> Sequence[UrgeView]:
    """Return when and how often a case with this ledger was urged, first one first."""
    return [
        UrgeView(number=one.number, round=one.round, urged_at=one.at, text=_masked(texts.get((one.seq, "urge_text"))))
        for one in queries.urges_in(entries)
    ]


def rating_views(session: Session, case: Case, texts: StepTexts) -> Sequence[RatingView]:
    """Return the ratings of a case, first one first."""
    return [
        RatingView(
            number=row.number,
            round=row.round,
            is_solved=row.is_solved,
            stars=row.stars,
            comment=_masked(texts.get((row.seq, "rating_comment"))),
            rated_at=row.rated_at,
        )
        for row in queries.ratings_of(session, case.id)
    ]


def _masked(text: str | None) -> str | None:
    return masked_text(text) if text is not None else None


def _reporter(row: CaseReporter, profile: Profile | None) -> ReporterView:
    return ReporterView(
        number=row.number,
        identity_shown=row.identity_shown,
        channel=row.channel,
        reported_at=row.reported_at,
        name=profile.name if profile else None,
        phone=profile.phone if profile else None,
    )
