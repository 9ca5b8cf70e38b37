"""Upkeep of sign-in: codes, counters and refresh tokens that no rule will ask for again are removed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.identity.models import GuardCounter, RefreshToken, SecondFactorChallenge, SignInCode

# A spent token that is shown again ends its session only while it is known: some days longer than it could be used.
_TOKENS_KEPT = timedelta(days=7)
_CODES_KEPT = timedelta(days=1)
_BATCH = 1000


def prune_sign_in(session: Session, *, now: datetime) -> bool:
    """Remove one batch of each kind. True when there may be more: ask again, in another transaction."""
    removed = (
        _remove(session, (SignInCode.id,), SignInCode.expires_at, now - _CODES_KEPT),
        _remove(
            session,
            (SecondFactorChallenge.token_digest,),
            SecondFactorChallenge.expires_at,
            now - _CODES_KEPT,
        ),
        _remove(session, (GuardCounter.guard, GuardCounter.subject), GuardCounter.ends_at, now),
        _remove(session, (RefreshToken.token_digest,), RefreshToken.expires_at, now - _TOKENS_KEPT),
    )
    return max(removed) >= _BATCH


def _remove(
    session: Session,
    key: tuple[InstrumentedAttribute[object], ...],
    ends_at: InstrumentedAttribute[datetime],
    before: datetime,
) -> int:
    table = ends_at.class_
    # Locked rows are in use: a counter that begins anew at this moment must not be lost.
    old = select(*key).where(ends_at <= before).limit(_BATCH).with_for_update(skip_locked=True)
    return len(session.execute(delete(table).where(tuple_(*key).in_(old)).returning(*key)).all())
