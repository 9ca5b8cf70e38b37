"""Bare, which the product is measured against: its one statement fills the tables that the migrations made."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import dict_row

from backend.cases.models import Case
from backend.kernel.ids import uuid7
from bench.bare.app import make_app
from bench.bare.store import Bytes, Store
from tests.complaint_bodies import complaint
from tests.servers import DatabaseUrls

KEY = {"Idempotency-Key": "bare-key-0001"}
# What the product leaves empty too when it files a complaint that no danger word or mark decides.
EMPTY_UNTIL_LATER = {
    *("urgency_rule", "safety_rule", "accepted_at", "ended_at", "paused_at", "rejection_ground", "missing"),
    *("outcome_contacted", "outcome_solved", "outcome_satisfied", "outcome_true"),
}


@pytest.fixture
def owner(database_urls: DatabaseUrls) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_urls.owner, autocommit=True, row_factory=dict_row) as connection:
        connection.execute(
            "INSERT INTO person (id, kind, phone_sealed, phone_key_id, phone_blind_index, created_at)"
            " VALUES (%s, 'citizen', 'x', 'k', 'b', now())",
            (uuid7(),),
        )
        yield connection


@pytest.fixture
def store(owner: psycopg.Connection, database_urls: DatabaseUrls) -> Iterator[Store]:
    opened = Store(database_urls.serving, pool_size=1)
    yield opened
    opened.close()


def test_one_filing_through_bare_leaves_all_five_rows(store: Store, owner: psycopg.Connection) -> None:
    answer = make_app(store, {}).test_client().post("/api/v1/complaints", json=complaint(), headers=KEY)

    assert answer.status_code == 201
    number = answer.json["number"]
    case = owner.execute("SELECT * FROM command_case WHERE number = %s", (answer.json["case_number"],)).fetchone()
    assert owner.execute("SELECT case_id FROM complaint WHERE number = %s", (number,)).fetchone() == {
        "case_id": case["id"]
    }
    event = owner.execute("SELECT id, payload FROM outbox_event WHERE subject_id = %s", (case["id"],)).fetchone()
    assert event["payload"]["reporter_number"] == number
    job = owner.execute("SELECT args FROM procrastinate_jobs WHERE queue_name = 'bare'").fetchone()
    assert job["args"] == {"event_id": str(event["id"])}
    kept = owner.execute("SELECT receipt FROM idempotency_record WHERE key = 'bare-key-0001'").fetchone()
    assert kept["receipt"]["number"] == number


def test_bare_fills_every_column_of_a_case_that_the_product_fills(store: Store, owner: psycopg.Connection) -> None:
    make_app(store, {}).test_client().post("/api/v1/complaints", json=complaint(), headers=KEY)

    case = owner.execute("SELECT * FROM command_case").fetchone()
    assert set(case) == {column.name for column in Case.__table__.columns}
    assert {name for name, value in case.items() if value is None} == EMPTY_UNTIL_LATER


def test_bare_fires_the_triggers_of_the_queue(store: Store, owner: psycopg.Connection) -> None:
    make_app(store, {}).test_client().post("/api/v1/complaints", json=complaint(), headers=KEY)

    told = owner.execute("SELECT type::text FROM procrastinate_events").fetchall()
    assert told == [{"type": "deferred"}]


def test_bare_reads_what_it_filed(store: Store) -> None:
    client = make_app(store, {}).test_client()
    filed = client.post("/api/v1/complaints", json=complaint(), headers=KEY).json

    status = client.get(f"/api/v1/public/complaints/{filed['number']}").json
    queue = client.get("/api/v1/cases?limit=20").json

    assert status["state"] == "submitted"
    assert [line["number"] for line in queue["items"]] == [filed["case_number"]]


def test_bare_answers_304_to_whoever_has_its_bytes(store: Store) -> None:
    client = make_app(store, {"tree": Bytes(content=b"{}", etag='"one"')}).test_client()

    assert client.get("/bytes/tree").data == b"{}"
    assert client.get("/bytes/tree", headers={"If-None-Match": '"one"'}).status_code == 304
