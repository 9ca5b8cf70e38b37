"""The one-statement writes of sign-in: what races here is decided by PostgreSQL, not by Python."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, case, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.identity.actor import PersonKind
from backend.identity.models import GuardCounter, SecondFactor, SecondFactorChallenge, SignInCode
from backend.identity.rules import CODE_TRIES, REFRESH_GRACE, SECOND_FACTOR_TRIES, SESSION_LIVES, Guard


def count_within(session: Session, guard: Guard, subject: bytes, now: datetime) -> int | None:
    """Count one time for the subject. Return None while the limit holds, else the seconds until it is over.

    What is over the limit is not counted, so that asking on does not make the wait longer.
    """
    counter = GuardCounter
    is_over = counter.ends_at <= now
    ends_at = now + guard.window
    fresh = insert(counter).values(guard=guard.name, subject=subject, count=1, ends_at=ends_at)
    upsert = fresh.on_conflict_do_update(
        index_elements=[counter.guard, counter.subject],
        set_={
            "count": case((is_over, 1), else_=counter.count + 1),
            "ends_at": ends_at if guard.restarts else case((is_over, ends_at), else_=counter.ends_at),
        },
        where=or_(counter.count < guard.limit, is_over),
    ).returning(counter.count)
    if session.execute(upsert).first() is not None:
        return None
    until = session.scalar(select(counter.ends_at).where(counter.guard == guard.name, counter.subject == subject))
    return max(1, int((until - now).total_seconds()) + 1) if until is not None else 1


def forgive(session: Session, guard: Guard, subject: bytes) -> None:
    """Forget the failed tries of a subject that has just proved itself."""
    session.execute(
        update(GuardCounter).where(GuardCounter.guard == guard.name, GuardCounter.subject == subject).values(count=0)
    )


def take_try(session: Session, *, challenge_id: uuid.UUID, phone_blind_index: bytes, now: datetime) -> bytes | None:
    """Count a try on a living code and return its digest; None when there is none, or no try is left.

    The row stays locked until the end of the transaction: of two tries at once the second sees what the first did.
    """
    code = SignInCode
    is_alive = and_(code.used_at.is_(None), code.expires_at > now, code.tries < CODE_TRIES)
    return session.scalar(
        update(code)
        .where(
            code.id == challenge_id, code.purpose == "sign_in", code.phone_blind_index == phone_blind_index, is_alive
        )
        .values(tries=code.tries + 1)
        .returning(code.code_digest)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenChallenge:
    """A challenge that a code was given for. ``person_id`` is None where the password had been wrong."""

    person_id: uuid.UUID | None
    enrols: bool
    tries: int
    tries_subject: bytes


def take_challenge(session: Session, *, token_digest: bytes, device_id: str, now: datetime) -> TakenChallenge | None:
    """Count a code on a living challenge of this device; None when there is none, or no try is left.

    The row stays locked until the end of the transaction, as that of a sign-in code.
    """
    challenge = SecondFactorChallenge
    is_alive = and_(challenge.used_at.is_(None), challenge.expires_at > now, challenge.tries < SECOND_FACTOR_TRIES)
    row = session.execute(
        update(challenge)
        .where(challenge.token_digest == token_digest, challenge.device_id == device_id, is_alive)
        .values(tries=challenge.tries + 1)
        .returning(challenge.person_id, challenge.enrols, challenge.tries, challenge.tries_subject)
    ).first()
    if row is None:
        return None
    return TakenChallenge(person_id=row.person_id, enrols=row.enrols, tries=row.tries, tries_subject=row.tries_subject)


def spend_step(session: Session, *, person_id: uuid.UUID, step: int) -> bool:
    """Take the code of a time step, once: False when it or a later one was taken before."""
    factor = SecondFactor
    spent = session.scalar(
        update(factor)
        .where(factor.person_id == person_id, factor.last_step < step)
        .values(last_step=step)
        .returning(factor.last_step)
    )
    return spent is not None


class Outcome(StrEnum):
    """What became of a refresh token that was shown."""

    ROTATED = "rotated"
    REPEATED = "repeated"
    REUSED = "reused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """The outcome, and whose session it concerns. ``expires_at`` is the successor's."""

    outcome: Outcome
    person_id: uuid.UUID
    session_id: uuid.UUID
    expires_at: datetime


# `shown` waits for the row lock and then sees the newest version of the row, which a plain SELECT beside the UPDATE
# would not: of many refreshes at once one rotates, and the others come as repeats. The successor is the same for all,
# because it is derived from the token itself. Only the token that was spent last is repeated: a rotation writes one
# instant into the token and into the session, so that an older token shows by an instant that is not the session's.
_ROTATE = text(
    """
    WITH shown AS MATERIALIZED (
        SELECT t.token_digest, t.session_id, t.used_at, t.expires_at, s.person_id, s.expires_at AS session_expires_at,
               s.last_seen_at,
               CASE p.kind WHEN 'operator' THEN CAST(:operator_idle AS interval)
                           ELSE CAST(:citizen_idle AS interval) END AS idle
          FROM refresh_token t
          JOIN device_session s ON s.id = t.session_id
          JOIN person p ON p.id = s.person_id
         WHERE t.token_digest = :digest AND s.ended_at IS NULL AND s.expires_at > :now AND p.disabled_at IS NULL
           FOR NO KEY UPDATE OF t, s
    ), judged AS (
        SELECT shown.*, LEAST(COALESCE(used_at, :now) + idle, session_expires_at) AS successor_expires_at,
               CASE WHEN used_at IS NULL AND expires_at > :now THEN 'rotated'
                    WHEN used_at IS NULL THEN 'expired'
                    WHEN used_at > :grace_began_at AND used_at = last_seen_at THEN 'repeated'
                    ELSE 'reused' END AS outcome
          FROM shown
    ), spent AS (
        UPDATE refresh_token t SET used_at = :now
          FROM judged j WHERE t.token_digest = j.token_digest AND j.outcome = 'rotated'
        RETURNING j.session_id, j.token_digest, j.successor_expires_at
    ), born AS (
        INSERT INTO refresh_token (token_digest, session_id, parent_digest, created_at, expires_at)
        SELECT :successor_digest, session_id, token_digest, :now, successor_expires_at FROM spent
    ), told AS (
        UPDATE device_session s
           SET last_seen_at = CASE j.outcome WHEN 'rotated' THEN :now ELSE s.last_seen_at END,
               ended_at = CASE j.outcome WHEN 'reused' THEN :now ELSE s.ended_at END,
               end_reason = CASE j.outcome WHEN 'reused' THEN 'token_reused' ELSE s.end_reason END
          FROM judged j WHERE s.id = j.session_id AND j.outcome IN ('rotated', 'reused')
    )
    SELECT outcome, person_id, session_id, successor_expires_at FROM judged
    """
)


def rotate(session: Session, *, digest: bytes, successor_digest: bytes, now: datetime) -> Rotation | None:
    """Spend a refresh token and bear its successor, or end the family when it was spent before; None if unknown.

    Within the grace the token spent last gives the same successor again: a client whose answer was lost is not a thief
    (S11). Once the successor has been spent too, its answer was not lost, and showing the older token is reuse.
    """
    row = session.execute(
        _ROTATE,
        {
            "digest": digest,
            "successor_digest": successor_digest,
            "now": now,
            "grace_began_at": now - REFRESH_GRACE,
            "citizen_idle": SESSION_LIVES[PersonKind.CITIZEN].idle,
            "operator_idle": SESSION_LIVES[PersonKind.OPERATOR].idle,
        },
    ).first()
    if row is None:
        return None
    return Rotation(
        outcome=Outcome(row.outcome),
        person_id=row.person_id,
        session_id=row.session_id,
        expires_at=row.successor_expires_at,
    )
