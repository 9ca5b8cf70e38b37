"""One effect for one key: the record of a write's answer, kept in the transaction of the write itself.

Source: draft-ietf-httpapi-idempotency-key-header-06, and S24 of the requirements.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.infrastructure.database import Base
from backend.infrastructure.hot_statements import insertion
from backend.kernel.errors import Conflict, Invalid


class WriteInFlight(Conflict):
    """The same key is being worked on at this moment."""

    code = "idempotency-in-flight"
    default_detail = "相同的请求正在处理，请稍后重试。"
    retryable = True


class KeyReused(Invalid):
    """The key came before, with another request."""

    code = "idempotency-key-reused"
    default_detail = "该幂等键已用于另一个请求，请更换后重试。"


class IdempotencyRecord(Base):
    """The answer given to one key of one subject for one operation; kept for at least 24 hours."""

    __tablename__ = "idempotency_record"

    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    operation: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    status: Mapped[int]
    # A receipt: numbers, ids, states and instants, no personal text (S24). JSON, not JSONB, which would reorder it:
    # a repeat is given the same bytes.
    receipt: Mapped[dict[str, Any]] = mapped_column(JSON)
    etag: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteKey:
    """What makes two requests the same: who, what, the key, and a digest of the request."""

    subject_id: uuid.UUID
    operation: str
    key: str
    fingerprint: bytes

    @property
    def lock_id(self) -> int:
        """The advisory lock that whoever works on the key holds."""
        digest = hashlib.sha256(f"{self.subject_id}:{self.operation}:{self.key}".encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer as it is kept with its write. ``receipt`` is JSON text."""

    status: int
    receipt: str
    etag: str | None = None


def stored_answer(session: Session, write: WriteKey) -> IdempotencyRecord | None:
    """Take the key for this transaction and return the answer given before, if any.

    Raises WriteInFlight while another transaction holds the key, and KeyReused when the key came with another
    request. The row is invisible before its commit, so the lock alone tells that a twin is running.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(write.lock_id))):
        raise WriteInFlight(retry_after_s=1)
    record = session.get(IdempotencyRecord, (write.subject_id, write.operation, write.key))
    if record is not None and record.fingerprint != write.fingerprint:
        raise KeyReused
    return record


def keep_answer(session: Session, write: WriteKey, *, status: int, receipt: dict[str, Any], etag: str | None) -> None:
    """Keep the answer with the write, so that a repeat is given the same one."""
    session.add(
        IdempotencyRecord(
            subject_id=write.subject_id,
            operation=write.operation,
            key=write.key,
            fingerprint=write.fingerprint,
            status=status,
            receipt=receipt,
            etag=etag,
        )
    )


# What a hot statement begins and ends with: `fresh` has one row if the key is this transaction's and no answer is kept.
# The snapshot is older than the lock: a twin that has just committed shows as a broken primary key of `kept_answer`.
TAKE_KEY = """
    key_lock AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(:idempotency_record.lock_id::bigint) AS is_ours),
    fresh AS MATERIALIZED (
        SELECT FROM key_lock
         WHERE is_ours AND NOT EXISTS (
                   SELECT FROM idempotency_record
                    WHERE subject_id = :idempotency_record.subject_id::uuid
                      AND operation = :idempotency_record.operation::varchar
                      AND key = :idempotency_record.key::varchar))"""
_KEPT_COLUMNS = ("subject_id", "operation", "key", "fingerprint", "status", "receipt", "etag")
KEEP_ANSWER = f"kept_answer AS ({insertion(IdempotencyRecord, _KEPT_COLUMNS, source='go')})"


def record_values(write: WriteKey, kept: Kept) -> dict[str, object]:
    """Return the values of both, for a hot statement."""
    return {
        "lock_id": write.lock_id,
        "subject_id": write.subject_id,
        "operation": write.operation,
        "key": write.key,
        "fingerprint": write.fingerprint,
        "status": kept.status,
        "receipt": kept.receipt,
        "etag": kept.etag,
    }
