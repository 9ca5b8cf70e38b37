"""Commands that migrate and load work as the owner of the database, with more patience than a request has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from backend.infrastructure.database import Database, Session
from backend.infrastructure.settings import Settings

_STATEMENT_TIMEOUT_MS = 60_000
_LOCK_TIMEOUT_MS = 10_000


def owner_url(settings: Settings) -> str:
    """Return the URL of the owner, or say what is missing."""
    if settings.database_owner_url is None:
        raise click.ClickException("缺少 DATABASE_OWNER_URL：迁移与加载须以属主角色进行。")
    return settings.database_owner_url


@contextmanager
def owner_transaction(settings: Settings) -> Iterator[Session]:
    """Open one transaction as the owner. What it raises is told by ``spoken``, as for every command."""
    with owner_database(settings) as database, database.transaction() as session:
        yield session


@contextmanager
def owner_database(settings: Settings) -> Iterator[Database]:
    """Open the database as the owner, for work of many transactions."""
    database = Database(
        owner_url(settings),
        schema=settings.database_schema,
        pool_size=1,
        statement_timeout_ms=_STATEMENT_TIMEOUT_MS,
        lock_timeout_ms=_LOCK_TIMEOUT_MS,
    )
    try:
        yield database
    finally:
        database.dispose()
