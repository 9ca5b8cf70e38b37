"""How PostgreSQL answers the hot reads among many cases: by their indexes, and no further than a page goes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from backend.cases.queue_rows import OWN_QUEUE, OWN_QUEUE_OF_PRESUMED, QUEUES_BELOW, QUEUES_BELOW_OF_PRESUMED
from backend.complaints.statements import STATUS
from backend.infrastructure.hot_statements import HotStatement
from backend.organization.statements.actor_rows import ACTOR

CASES = 20_000
LIMIT = 21
BEGINNING = ("-infinity", str(uuid.UUID(int=0)))
LATER = ("2100-01-01", str(uuid.UUID(int=0)))
# Cases of every centre and state, each with a title, a first entry of the ledger and a complaint of one of ten people.
SEED = """
INSERT INTO person (id, kind, phone_blind_index, phone_sealed, phone_key_id, created_at)
    SELECT md5('p' || n)::uuid, 'citizen', ('p' || n)::bytea, 'x', 'k', now() FROM generate_series(0, 9) n;
INSERT INTO device_session (id, person_id, device_id, created_at, last_seen_at, expires_at)
    SELECT md5('s' || n)::uuid, md5('p' || n % 10)::uuid, 'device', now(), now(), now() + interval '1 day'
    FROM generate_series(0, 999) n;
WITH centres AS (SELECT id, row_number() OVER (ORDER BY path) AS place, count(*) OVER () AS many FROM centre)
INSERT INTO command_case (id, number, workflow_version, state, version, request_type, category_tree, category_version,
        category_code, urgency, is_safety, division_code, owner_centre_id, submitted_at, due_at, due_rule,
        due_is_provisional, next_due_at)
    SELECT md5('c' || n)::uuid, 'AJ' || n, 2, (ARRAY['submitted', 'accepted', 'closed', 'rejected'])[1 + n % 4], 1,
           'QZ', '12345', '1', 'H030402', 'none', false, '320682', centres.id, now(), now(), 'rule', false,
           now() + n * interval '1 second'
    FROM generate_series(1, {cases}) n JOIN centres ON centres.place = 1 + n / 4 % centres.many;
INSERT INTO case_text (id, case_id, seq, field, text_sealed, text_key_id, salt)
    SELECT md5('t' || n)::uuid, md5('c' || n)::uuid, 1, 'title', 'x', 'k', 'x' FROM generate_series(1, {cases}) n;
INSERT INTO case_ledger (case_id, seq, event_id, entry, previous_hash, hash)
    SELECT md5('c' || n)::uuid, 1, md5('e' || n)::uuid, '{{"at":"2026-11-24T08:00:00+00:00"}}', 'x', 'x'
    FROM generate_series(1, {cases}) n;
INSERT INTO complaint (id, number, person_id, case_id, identity_shown, filed_at)
    SELECT md5('r' || n)::uuid, 'NT' || n, md5('p' || n % 10)::uuid, md5('c' || n)::uuid, 'named', now()
    FROM generate_series(1, {cases}) n;
INSERT INTO guard_counter (guard, subject, count, ends_at)
    SELECT 'try_login', ('g' || n)::bytea, 1, now() FROM generate_series(1, 5000) n;
ANALYZE
"""


@pytest.fixture(scope="module")
def owner(servers, worker_number) -> Iterator[psycopg.Connection[Any]]:
    """A database of this file alone, full of cases, asked as the prepared statements of a server are."""
    urls = servers.new_database(f"plans_{worker_number}")
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        for statement in SEED.format(cases=CASES).split(";\n"):
            connection.execute(statement)
        connection.execute("SET plan_cache_mode = force_generic_plan")
        yield connection


def plan_of(owner, statement: bytes, *values: object) -> list[dict[str, Any]]:
    """Return the nodes of the plan with what each of them did."""
    with owner.transaction():
        owner.execute(b"PREPARE hot AS " + statement)
        literals = ", ".join(psycopg.sql.Literal(value).as_string(owner) for value in values)
        told = owner.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE hot ({literals})").fetchone()[0]
        owner.execute("DEALLOCATE hot")
    waiting, nodes = [told[0]["Plan"]], []
    while waiting:
        node = waiting.pop()
        nodes.append(node)
        waiting += node.get("Plans", [])
    return nodes


def large_tables_read_whole(nodes) -> set[str]:
    large = {"command_case", "case_text", "case_ledger", "complaint", "device_session", "guard_counter"}
    return {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"} & large


def rows_sorted(nodes) -> int:
    return max((node["Actual Rows"] for node in nodes if node["Node Type"] == "Sort"), default=0)


def rows_of_cases(nodes) -> float:
    return sum(
        node["Actual Rows"] * node["Actual Loops"] for node in nodes if node.get("Relation Name") == "command_case"
    )


def indexes_of(nodes) -> set[str]:
    return {node["Index Name"] for node in nodes if "Index Name" in node}


def page_of(owner, statement: HotStatement, *, begins=BEGINNING, **page: object) -> list[dict[str, Any]]:
    """Return the plan of a page, asked by somebody without a role whom the statement is to know."""
    session_id, person_id = owner.execute("SELECT id, person_id FROM device_session LIMIT 1").fetchone()
    asker = {"session_id": session_id, "person_id": person_id, "now": "2026-11-24T08:00:00Z", "kind": "citizen"}
    begins_at = {"limit": LIMIT, "after_due_at": begins[0], "after_id": begins[1], "paths": None}
    return plan_of(owner, statement.sql, *statement.values({"page": begins_at | page, "asker": asker | {"held": None}}))


@pytest.mark.parametrize("statement", [OWN_QUEUE, OWN_QUEUE_OF_PRESUMED], ids=["known", "presumed"])
@pytest.mark.parametrize("begins", [BEGINNING, LATER], ids=["first", "later"])
def test_a_page_of_a_centres_queue_reads_as_many_cases_as_it_shows(owner, begins, statement):
    centre_id = owner.execute("SELECT id FROM centre ORDER BY path LIMIT 1").fetchone()[0]

    nodes = page_of(owner, statement, begins=begins, own_centres=str(centre_id), states="submitted")

    assert "ix_command_case_queue" in indexes_of(nodes)
    assert large_tables_read_whole(nodes) == set()
    assert rows_of_cases(nodes) <= LIMIT


def test_a_page_of_a_queue_reads_no_case_for_whoever_is_not_who_they_were_presumed_to_be(owner):
    centre_id = owner.execute("SELECT id FROM centre ORDER BY path LIMIT 1").fetchone()[0]
    owner.execute("UPDATE person SET disabled_at = now()")

    nodes = page_of(owner, OWN_QUEUE_OF_PRESUMED, own_centres=str(centre_id), states="submitted")
    owner.execute("UPDATE person SET disabled_at = NULL")

    assert rows_of_cases(nodes) == 0


@pytest.mark.parametrize("statement", [QUEUES_BELOW, QUEUES_BELOW_OF_PRESUMED], ids=["known", "presumed"])
def test_a_page_of_the_queues_below_reads_a_page_of_each_centre_and_state_at_most(owner, statement):
    centres, root = owner.execute("SELECT count(*), min(path) FROM centre").fetchone()
    states = ["closed", "rejected", "cancelled"]

    nodes = page_of(owner, statement, own_centres="", states=",".join(states), paths=root)

    assert "ix_command_case_queue" in indexes_of(nodes)
    assert large_tables_read_whole(nodes) == set()
    assert LIMIT < rows_of_cases(nodes) <= centres * len(states) * LIMIT
    assert rows_sorted(nodes) <= centres * len(states) * LIMIT


def test_a_public_status_is_found_by_keys_alone(owner):
    nodes = plan_of(owner, STATUS, "NT77", "2026-11-24T08:00:00Z", b"x", b"x")

    assert {"uq_complaint_number", "pk_command_case", "pk_case_ledger", "pk_guard_counter"} <= indexes_of(nodes)
    assert large_tables_read_whole(nodes) == set()
    assert rows_of_cases(nodes) == 1


def test_who_asks_is_found_by_keys_alone(owner):
    session_id, person_id = owner.execute("SELECT id, person_id FROM device_session LIMIT 1").fetchone()

    nodes = plan_of(owner, ACTOR, session_id, person_id, "2026-11-24T08:00:00Z")

    assert "pk_device_session" in indexes_of(nodes)
    assert large_tables_read_whole(nodes) == set()
