"""The door to PostgreSQL: the engine, and the transaction that every edge opens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

import psycopg
from sqlalchemy import DateTime, Engine, MetaData, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import Uuid

from backend.kernel.errors import Unavailable

REQUEST_STATEMENT_TIMEOUT_MS = 3_000
REQUEST_LOCK_TIMEOUT_MS = 1_000


__all__ = [
    "Base",
    "Database",
    "DatabaseBusy",
    "DatabaseUnavailable",
    "Session",
    "driver_connection",
    "role_of",
    "spoken_outages",
]


class Base(DeclarativeBase):
    """The mother of all rows. Constraint names are fixed, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    # The values are SQLAlchemy types of any kind; the attribute is declared so by SQLAlchemy.
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: DateTime(timezone=True), UUID: Uuid(as_uuid=True)}


class DatabaseUnavailable(Unavailable):
    """PostgreSQL does not answer."""

    code = "database-unavailable"
    default_detail = "系统暂时无法保存，请稍后重试；重试不会重复提交。"


class DatabaseBusy(Unavailable):
    """PostgreSQL answers too slowly: a statement or a lock took longer than a request may wait."""

    code = "database-busy"
    default_detail = "系统繁忙，请稍后重试；重试不会重复提交。"


class Database:
    """An engine and its sessions. One transaction a request or a job, opened here by the edge."""

    def __init__(
        self,
        url: str,
        *,
        schema: str = "public",
        pool_size: int = 16,
        statement_timeout_ms: int = REQUEST_STATEMENT_TIMEOUT_MS,
        lock_timeout_ms: int = REQUEST_LOCK_TIMEOUT_MS,
    ) -> None:
        options = f"-csearch_path={schema} -cstatement_timeout={statement_timeout_ms} -clock_timeout={lock_timeout_ms}"
        self.engine: Engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=1,
            pool_pre_ping=True,
            # The values of a statement may be somebody's; errors are logged.
            hide_parameters=True,
            connect_args={"options": options, "connect_timeout": 2, "application_name": "baitong"},
        )
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session in a transaction: committed at the end, rolled back when the body raises.

        Raises DatabaseUnavailable when PostgreSQL is away or has no connection left, DatabaseBusy when a statement or
        a lock took longer than a request may wait.
        """
        try:
            with self._sessions.begin() as session:
                yield session
        except (OperationalError, PoolTimeoutError) as error:
            raise _told_apart(error) from error

    def answers(self) -> bool:
        """Return True when the database answers a question now. Raises DatabaseUnavailable or DatabaseBusy."""
        with self.transaction() as session:
            return bool(session.scalar(text("SELECT true")))

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


@contextmanager
def spoken_outages() -> Iterator[None]:
    """Raise DatabaseUnavailable or DatabaseBusy for what a connection outside ``Database`` met."""
    try:
        yield
    except OperationalError as error:
        raise _told_apart(error) from error


def _told_apart(error: OperationalError | PoolTimeoutError) -> Unavailable:
    cause = getattr(error, "orig", None)
    if isinstance(
        cause, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected
    ):
        return DatabaseBusy(retry_after_s=1)
    return DatabaseUnavailable(retry_after_s=2)


def role_of(url: str) -> str | None:
    """Return the role that a database URL signs in as."""
    return make_url(url).username


def driver_connection(session: Session) -> psycopg.Connection[Any]:
    """Return the psycopg connection of this very transaction, for a job that must be all or nothing with it."""
    # The engine is made of psycopg; SQLAlchemy knows only that it is some driver's.
    return cast("psycopg.Connection[Any]", session.connection().connection.dbapi_connection)
