"""What the serving role may do with each table. A table that is not named here cannot be touched by it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

_READ = "SELECT"
_APPEND = "SELECT, INSERT"
_WRITE = "SELECT, INSERT, UPDATE"
_WRITE_AND_CLEAN = "SELECT, INSERT, UPDATE, DELETE"

# History: once written, never changed by whoever serves.
APPEND_ONLY = frozenset({"outbox_event", "case_ledger", "case_reveal", "consent_record"})

TABLES: Mapping[str, str] = MappingProxyType(
    {
        # infrastructure
        "outbox_event": _APPEND,
        "idempotency_record": "SELECT, INSERT, DELETE",
        # the queue (privileges as procrastinate's worker, schedule and cleaning need them)
        "procrastinate_jobs": _WRITE_AND_CLEAN,
        "procrastinate_events": _APPEND,
        "procrastinate_periodic_defers": _WRITE_AND_CLEAN,
        "procrastinate_workers": _WRITE_AND_CLEAN,
        # people and their sign-in
        "person": _WRITE,
        "sign_in_code": _WRITE_AND_CLEAN,
        "second_factor": _WRITE_AND_CLEAN,
        "second_factor_challenge": _WRITE_AND_CLEAN,
        "guard_counter": _WRITE_AND_CLEAN,
        "device_session": _WRITE,
        "refresh_token": _WRITE_AND_CLEAN,
        "role_binding": _WRITE,
        # consents, and what people ask of their data
        "consent_text": _READ,
        "consent_record": _APPEND,
        "data_request": _WRITE,
        # the city: loaded by the owner, read by everyone else
        "city_version": _READ,
        "division": _READ,
        "centre": _READ,
        "boundary": _READ,
        "unit": _READ,
        "category": _READ,
        "request_type": _READ,
        "workday_override": _READ,
        "grid_cell": _READ,
        "danger_word": _READ,
        "grid_duty": _WRITE,
        # cases and complaints
        "command_case": _WRITE,
        "case_reporter": _APPEND,
        # A trigger holds these updates to erasing: nobody who serves writes another text in its place.
        "case_text": f"{_APPEND}, UPDATE (text_sealed, text_key_id, salt)",
        "case_rating": _APPEND,
        "case_reveal": _APPEND,
        "case_ledger": _APPEND,
        "case_task": _WRITE,
        "case_choice": _READ,
        "sla_policy": _READ,
        "rejection_ground": _READ,
        "complaint": _APPEND,
        "grid_report": _APPEND,
        "step_wording": _READ,
        # evidence
        "evidence": _WRITE_AND_CLEAN,
        # the catalogue: loaded by the owner, read by everyone else
        "catalogue_version": _READ,
        "sub_app": _READ,
        "service_topic": _READ,
        "service_item": _READ,
        "service_content": _READ,
        "service": _READ,
        # notifications
        "event_receipt": _APPEND,
        "notification": _WRITE,
        "message_wording": _READ,
        "push_device": _WRITE_AND_CLEAN,
        "push_delivery": _WRITE,
    }
)


def apply_grants(owner_url: str, serving_role: str, *, schema: str = "public") -> None:
    """Give ``serving_role`` exactly the privileges of the table above, and no other on our tables."""
    engine = create_engine(
        make_url(owner_url).set(drivername="postgresql+psycopg"), connect_args={"options": f"-csearch_path={schema}"}
    )
    try:
        with engine.begin() as connection:
            _apply(connection, serving_role, schema)
    finally:
        engine.dispose()


def _apply(connection: Connection, serving_role: str, schema: str) -> None:
    role = connection.dialect.identifier_preparer.quote(serving_role)
    quoted_schema = connection.dialect.identifier_preparer.quote(schema)
    connection.execute(text(f"GRANT USAGE ON SCHEMA {quoted_schema} TO {role}"))
    connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA {quoted_schema} FROM {role}"))
    for table, privileges in TABLES.items():
        connection.execute(text(f"GRANT {privileges} ON {table} TO {role}"))
    connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {quoted_schema} TO {role}"))
