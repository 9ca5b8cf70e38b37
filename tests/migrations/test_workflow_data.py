"""The migration of the workflow on a database with cases: each has the clocks it had, and stays on its version."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from backend.infrastructure import migrating
from tests.servers import DatabaseUrls

FILED = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
ACCEPTED, DUE, NEXT_DUE = FILED + timedelta(minutes=9), FILED + timedelta(days=7), FILED + timedelta(minutes=30)
COLUMNS = (
    "id, number, workflow_version, state, round, version, request_type, category_tree, category_version, category_code,"
    " urgency, is_safety, division_code, owner_centre_id, submitted_at, accepted_at, ended_at, due_at, due_rule,"
    " due_is_provisional, next_due_at"
)


def put_case(connection: psycopg.Connection, state: str) -> None:
    """Put a case of version 1 in a state, as the release before wrote it."""
    connection.execute("SET session_replication_role = replica")  # its centre is not the point here
    accepted_at = ACCEPTED if state == "accepted" else None
    ended_at = DUE if state in {"closed", "cancelled"} else None
    row = (
        uuid.uuid4(), f"AJ-{state}", 1, state, 1, 2, "QZ", "12345", "2024", "H030402", "none", False, "320682",
        uuid.uuid4(), FILED, accepted_at, ended_at, DUE, "request_type:QZ", False, DUE if ended_at else NEXT_DUE,
    )  # fmt: skip
    connection.execute(f"INSERT INTO command_case ({COLUMNS}) VALUES ({', '.join(['%s'] * len(row))})", row)


@pytest.mark.parametrize("state", ["submitted", "accepted", "closed"])
def test_a_case_of_before_keeps_its_dues_and_its_version_and_the_release_before_goes_on_filing(
    empty_database_urls: DatabaseUrls, state
):
    migrating.upgrade(empty_database_urls.owner, revision="0011_evidence")
    with psycopg.connect(empty_database_urls.owner) as connection:
        put_case(connection, state)

    migrating.upgrade(empty_database_urls.owner)

    with psycopg.connect(empty_database_urls.owner) as connection:
        put_case(connection, f"{state} later")
        found = connection.execute(
            "SELECT workflow_version, due_at, total_started_at, stage_started_at, stage_due_at, pauses, is_hard,"
            " is_physical, paused_at FROM command_case"
        ).fetchall()
    assert found == [(1, DUE, None, None, None, [], False, False, None)] * 2


def test_the_way_down_takes_roles_in_units_away_before_they_become_roles_over_an_area(
    empty_database_urls: DatabaseUrls,
):
    migrating.upgrade(empty_database_urls.owner)
    with psycopg.connect(empty_database_urls.owner) as connection:
        connection.execute("SET session_replication_role = replica")
        person, centre = uuid.uuid4(), uuid.uuid4()
        for unit in ("YLJ", "CGJ", None):
            connection.execute(
                "INSERT INTO role_binding (id, person_id, role, centre_id, unit_code, valid_from)"
                " VALUES (%s, %s, 'liaison', %s, %s, %s)",
                (uuid.uuid4(), person, centre, unit, FILED),
            )

    migrating.downgrade(empty_database_urls.owner, revision="0011_evidence")

    with psycopg.connect(empty_database_urls.owner) as connection:
        assert connection.execute("SELECT count(*) FROM role_binding").fetchone() == (1,)
