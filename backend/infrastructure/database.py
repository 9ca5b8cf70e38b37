"""The door to PostgreSQL: the engine, and the transaction that every edge opens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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

from backend.infrastructure.database_errors import DatabaseBusy, DatabaseUnavailable, told_apart
from backend.infrastructure.database_gate import DatabaseGate
from backend.infrastructure.prepared import Row
from backend.infrastructure.readers import Readers, rows_on

REQUEST_STATEMENT_TIMEOUT_MS = 3_000
REQUEST_LOCK_TIMEOUT_MS = 1_000
# A server that is there ends a statement at its own limit and says so. Beyond this it is not there.
_SILENCE_BEYOND_LIMIT_S = 2.0


__all__ = [
    "Base",
    "Database",
    "DatabaseBusy",
    "DatabaseUnavailable",
    "ReadsWithin",
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
            # The values of a statement may be somebody's; errors are logged.
            hide_parameters=True,
            connect_args={"options": options, "connect_timeout": 2, "application_name": "baitong"},
        )
        self._gate = DatabaseGate(self.engine, answer_within_s=statement_timeout_ms / 1000 + _SILENCE_BEYOND_LIMIT_S)
        how: dict[str, Any] = dict(self.engine.dialect.create_connect_args(self.engine.url)[1])
        # Instants come in UTC, as they are shown.
        alone = how | {
            "options": f"{options} -ctimezone=UTC",
            "connect_timeout": 2,
            "application_name": "baitong alone",
        }
        # Each read is planned once: they are written for one plan, and PostgreSQL's own guess would plan some of them
        # at every call, which costs more than they do.
        reading = {**alone, "options": f"{alone['options']} -cplan_cache_mode=force_generic_plan -cjit=off"}
        half = max(1, pool_size // 2)
        self.reads = Readers(self.engine, self._gate, reading, size=half)
        # For writes that take a key, of their own: filings that wait for a lock leave the reads their connections.
        self.at_once = Readers(self.engine, self._gate, alone, size=half)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session in a transaction: committed at the end, rolled back when the body raises.

        Raises DatabaseUnavailable when PostgreSQL is away or has no connection left, DatabaseBusy when a statement or
        a lock took longer than a request may wait.
        """
        if self._gate.is_shut:
            raise DatabaseUnavailable(retry_after_s=2)
        try:
            with self._sessions.begin() as session:
                yield session
        except (OperationalError, PoolTimeoutError) as error:
            raise told_apart(error) from error

    @property
    def is_away(self) -> bool:
        """Tell whether PostgreSQL is known to be away. Asks nobody."""
        return self._gate.is_shut

    def answers(self) -> bool:
        """Return True when the database answers a question now. Raises DatabaseUnavailable or DatabaseBusy."""
        with self.transaction() as session:
            return bool(session.scalar(text("SELECT true")))

    def dispose(self) -> None:
        """Close all connections."""
        self.reads.close()
        self.at_once.close()
        self.engine.dispose()


class ReadsWithin:
    """Answers the statements of ``Readers`` within a transaction, with what was written in it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def rows(self, statement: bytes, values: Sequence[object]) -> list[Row]:
        """Return the rows of a SELECT."""
        self._session.flush()  # the driver is asked directly, and SQLAlchemy would not know that it is time
        connection = driver_connection(self._session)
        return rows_on(connection, self._session.connection().engine, statement, values)


@contextmanager
def spoken_outages() -> Iterator[None]:
    """Raise DatabaseUnavailable or DatabaseBusy for what a connection outside ``Database`` met."""
    try:
        yield
    except OperationalError as error:
        raise told_apart(error) from error


def role_of(url: str) -> str | None:
    """Return the role that a database URL signs in as."""
    return make_url(url).username


def driver_connection(session: Session) -> psycopg.Connection[Any]:
    """Return the psycopg connection of this very transaction, for a job that must be all or nothing with it."""
    # The engine is made of psycopg; SQLAlchemy knows only that it is some driver's.
    return cast("psycopg.Connection[Any]", session.connection().connection.dbapi_connection)
