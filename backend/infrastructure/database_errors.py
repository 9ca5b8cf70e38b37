"""What a caller is told when PostgreSQL is away, or too slow."""

from __future__ import annotations

import psycopg
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from backend.kernel.errors import Unavailable


class DatabaseUnavailable(Unavailable):
    """PostgreSQL does not answer."""

    code = "database-unavailable"
    default_detail = "系统暂时无法保存，请稍后重试；重试不会重复提交。"


class DatabaseBusy(Unavailable):
    """PostgreSQL answers too slowly: a statement or a lock took longer than a request may wait."""

    code = "database-busy"
    default_detail = "系统繁忙，请稍后重试；重试不会重复提交。"


def told_apart(error: OperationalError | PoolTimeoutError | psycopg.OperationalError) -> Unavailable:
    """Return what to say of an error: whether the database is away, or was only too slow."""
    cause = getattr(error, "orig", error)
    if isinstance(
        cause, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected
    ):
        return DatabaseBusy(retry_after_s=1)
    return DatabaseUnavailable(retry_after_s=2)
