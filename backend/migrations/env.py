"""Alembic's environment: the one place that imports every room's models."""

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

import backend.cases.models
import backend.complaints.models
import backend.consents.models
import backend.data_protection.models
import backend.evidence.models
import backend.grid_reports.models
import backend.identity.models
import backend.infrastructure.idempotency
import backend.infrastructure.outbox
import backend.notifications.models
import backend.organization.models
import backend.worker.models  # noqa: F401
import service_catalog.models  # noqa: F401
from backend.infrastructure.database import Base

LOCK_TIMEOUT_MS = 2_000
STATEMENT_TIMEOUT_MS = 5_000
# Two starters must not migrate at once; any constant of our own will do.
ADVISORY_LOCK = 3_206_001


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave procrastinate's tables to procrastinate's own schema."""
    return kind != "table" or name is None or not name.startswith("procrastinate_")


def run_migrations() -> None:
    """Migrate over one connection, in one transaction for each revision."""
    attributes = context.config.attributes
    engine = create_engine(
        make_url(attributes["owner_url"]).set(drivername="postgresql+psycopg"),
        connect_args={"options": f"-csearch_path={attributes['schema']}"},
    )
    with engine.connect() as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({ADVISORY_LOCK})"))
        connection.execute(text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))
        connection.execute(text(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_name=include_name,
            compare_server_default=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run_migrations()
