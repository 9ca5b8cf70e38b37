"""What a reporter says of a case without moving it: an urge 催办 (U01), a rating 评价 (R01). One ledger entry each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from backend.cases import ledger, queries, rules
from backend.cases.ledger import Happening, Witness
from backend.cases.models import Case, CaseRating
from backend.cases.rules import Rating, State, Upkeep
from backend.cases.use_cases import stages
from backend.cases.use_cases.step import Desk
from backend.identity.actor import Actor
from backend.infrastructure import outbox
from backend.kernel.clock import SHANGHAI
from backend.kernel.events import CaseRated, CaseUrged, Event
from backend.kernel.ids import uuid7
from backend.organization.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said, by whom, and the event that tells it."""

    upkeep: Upkeep
    actor: Actor
    event: Event
    facts: Mapping[str, object]
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)


def urge_case(session: Session, *, actor: Actor, case_id: uuid.UUID, number: str, text: str | None, desk: Desk) -> Case:
    """Urge those who must act on a case, as its reporter with this number. The caller has found that it is theirs.

    Of two at once the second waits for the lock and then sees the first. Raises TransitionNotAllowed or UrgedToday.
    """
    case = queries.lock_case(session, case_id)
    last_at = queries.last_urged_at(session, case.id, number)
    rules.check_urge(State(case.state), last_urged_at=last_at, now=desk.now)
    event = CaseUrged(
        event_id=uuid7(),
        occurred_at=desk.now,
        subject_id=case.id,
        case_number=case.number,
        state=case.state,
        is_flagged=case.verification_flagged,
    )
    texts = {"urge_text": text} if text else {}
    said = Said(upkeep=rules.URGED, actor=actor, event=event, facts={"urge": {"number": number}}, texts=texts)
    return _keep(session, case, said, desk)


def rate_case(session: Session, *, actor: Actor, case_id: uuid.UUID, number: str, rating: Rating, desk: Desk) -> Case:
    """Rate the present round of a case, as its reporter with this number. The caller has found that it is theirs.

    What the callback found stays as it is, and the case where it is.
    Raises TransitionNotAllowed, RatedAlready or RatingOver.
    """
    case = queries.lock_case(session, case_id)
    is_rated = (number, case.round) in {(one.number, one.round) for one in queries.ratings_of(session, case.id)}
    policies = queries.policies_on(session, desk.now.astimezone(SHANGHAI).date())
    ends_at = stages.rating_ends_at(case, stages.Timing(policies=policies, city=desk.city, now=desk.now))
    rules.check_rating(State(case.state), is_rated=is_rated, ends_at=ends_at, now=desk.now)
    event = CaseRated(
        event_id=uuid7(), occurred_at=desk.now, subject_id=case.id, case_number=case.number, round=case.round
    )
    values = {"number": number, "round": case.round, "is_solved": rating.is_solved, "stars": rating.stars}
    texts = {"rating_comment": rating.comment} if rating.comment else {}
    said = Said(upkeep=rules.RATED, actor=actor, event=event, facts={"rating": values}, texts=texts)
    _keep(session, case, said, desk)
    session.add(CaseRating(case_id=case.id, seq=case.version, rated_at=desk.now, **values))
    return case


def _keep(session: Session, case: Case, said: Said, desk: Desk) -> Case:
    case.version += 1
    happening = Happening(
        event_id=said.event.event_id,
        at=desk.now,
        transition=said.upkeep,
        from_state=State(case.state),
        witness=Witness(role=Role.REPORTER.value, person_id=said.actor.person_id, centre_id=None),
        facts={"version": case.version, **said.facts},
        texts=said.texts,
    )
    ledger.append(session, case, happening, desk.sealer)
    outbox.record(session, said.event)
    return case
