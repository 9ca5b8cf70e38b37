"""What reporters say of a case without moving it: when they may urge 催办, and when they may rate 评价 (1.1, 1.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from backend.cases import errors
from backend.cases.rules.upkeep import RATED, URGED, Upkeep
from backend.cases.rules.vocabulary import State
from backend.kernel.clock import SHANGHAI

# Somebody else than the reporter must act.
URGEABLE = frozenset(
    {State.SUBMITTED, State.ACCEPTED, State.DISPATCHED, State.HANDLING, State.FEEDBACK, State.VERIFYING}
)
RATEABLE = frozenset({State.CALLBACK, State.CLOSED})
MAX_STARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What a reporter thinks of a round: is it solved, and one to five stars for how content they are."""

    is_solved: bool
    stars: int
    comment: str | None = field(default=None, repr=False)


def check_urge(state: State, *, last_urged_at: datetime | None, now: datetime) -> None:
    """Raise TransitionNotAllowed, or UrgedToday where the reporter urged on this day of Shanghai already."""
    _check_state(URGED, state, URGEABLE)
    if last_urged_at is None:
        return
    possible_from = _next_day(last_urged_at)
    if now < possible_from:
        wait_s = int((possible_from - now).total_seconds()) + 1
        told = {"possible_from": possible_from.isoformat()}
        raise errors.UrgedToday(errors=told, retry_after_s=wait_s)


def check_rating(state: State, *, is_rated: bool, ends_at: datetime | None, now: datetime) -> None:
    """Raise TransitionNotAllowed, RatedAlready or RatingOver. ``ends_at`` is None while the case has not ended."""
    _check_state(RATED, state, RATEABLE)
    if is_rated:
        raise errors.RatedAlready
    if ends_at is not None and now >= ends_at:
        raise errors.RatingOver


def may_urge(state: State, *, last_urged_at: datetime | None, now: datetime) -> bool:
    """Tell whether a reporter may urge now."""
    try:
        check_urge(state, last_urged_at=last_urged_at, now=now)
    except (errors.TransitionNotAllowed, errors.UrgedToday):
        return False
    return True


def may_rate(state: State, *, is_rated: bool, ends_at: datetime | None, now: datetime) -> bool:
    """Tell whether a reporter may rate now."""
    try:
        check_rating(state, is_rated=is_rated, ends_at=ends_at, now=now)
    except (errors.TransitionNotAllowed, errors.RatedAlready, errors.RatingOver):
        return False
    return True


def _check_state(upkeep: Upkeep, state: State, states: frozenset[State]) -> None:
    if state not in states:
        raise errors.TransitionNotAllowed(errors={"state": state.value, "action": upkeep.action})


def _next_day(instant: datetime) -> datetime:
    """Return the first instant of the day after, in Shanghai."""
    day = instant.astimezone(SHANGHAI).date() + timedelta(days=1)
    return datetime.combine(day, time.min, tzinfo=SHANGHAI).astimezone(UTC)
