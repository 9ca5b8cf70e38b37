"""Filing in one statement (ADR 0036): what goes to the database, what takes the ordinary way, and what races."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import text

from tests.callers import Caller, Callers
from tests.complaint_bodies import complaint
from tests.ready_photos import ready_photo

STREET_LAMP = {"tree": "12345", "code": "H030402"}


@pytest.fixture
def warm(callers: Callers) -> Caller:
    """A citizen who has filed twice: by the first this process finds its rules old, by the second it has new ones."""
    citizen = callers.citizen()
    for _ in range(2):
        assert citizen.post("/complaints", complaint()).status_code == 201
    # A filing does not read: a connection for reads that the test before left behind would be asked twice.
    assert citizen.get("/me").status_code == 200
    return citizen


def sent_by(statements, file: Callable[[], object]) -> list[str]:
    """Return what filing sends, but for the blocks of numbers that every hundredth buys."""
    with statements.counting() as counted:
        file()
    return [one for one in counted if "nextval" not in one]


def test_a_plain_complaint_is_one_statement_which_asks_too_who_files_it(warm, statements):
    sent = sent_by(statements, lambda: warm.post("/complaints", complaint()))

    # On connections without a transaction: no BEGIN, no COMMIT.
    assert [one.split()[0] for one in sent] == ["WITH"]


def test_without_consent_a_position_costs_one_statement_more(callers: Callers, warm, statements):
    citizen = callers.citizen(agrees=False)

    sent = sent_by(statements, lambda: citizen.post("/complaints", complaint()))

    assert [one.split()[0] for one in sent] == ["WITH", "WITH"]
    assert citizen.post("/complaints", complaint()).json["location_kept"] is False


def test_a_complaint_with_photos_takes_the_ordinary_way(services, warm, statements):
    photo = ready_photo(services, warm.person_id, stage="before")

    sent = sent_by(statements, lambda: warm.post("/complaints", complaint(evidence_ids=[photo])))

    # The job goes beside them.
    assert len(sent) == 18, sent


def test_a_repeat_takes_the_ordinary_way_and_gets_the_same_bytes(warm, statements):
    key = str(uuid.uuid4())
    first = warm.post("/complaints", complaint(), key=key)

    with statements.counting() as counted:
        again = warm.post("/complaints", complaint(), key=key)
    sent = [one for one in counted if "nextval" not in one]

    # The statement that finds the key used; then who asks, the key, and the stored answer.
    assert len(sent) == 4, sent
    assert (again.status_code, again.get_data()) == (first.status_code, first.get_data())
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_key_that_came_before_goes_before_a_body_of_the_wrong_shape(warm):
    key = str(uuid.uuid4())
    warm.post("/complaints", complaint(), key=key)

    other = warm.post("/complaints", {"title": 1}, key=key)

    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")


def test_a_limit_that_was_changed_a_moment_ago_holds_for_the_next_complaint(warm, owner_database):
    before = warm.post("/complaints", complaint(category=STREET_LAMP)).json
    with owner_database.transaction() as session:
        session.execute(text("UPDATE sla_policy SET limit_value = 9, limit_unit = 'natural_minutes'"
                             " WHERE clock = 'acceptance' AND urgency = 'none'"))  # fmt: skip

    numbers = [warm.post("/complaints", complaint(category=STREET_LAMP)).json["case_number"] for _ in range(2)]

    with owner_database.transaction() as session:
        minutes = text("SELECT extract(epoch FROM stage_due_at - submitted_at) / 60 FROM command_case"
                       " WHERE number = ANY(:numbers)")  # fmt: skip
        assert [int(one) for one in session.scalars(minutes, {"numbers": numbers})] == [9, 9]
        assert session.scalars(minutes, {"numbers": [before["case_number"]]}).one() != 9


def test_a_city_that_was_loaded_a_moment_ago_holds_for_the_next_complaint(warm, owner_database):
    with owner_database.transaction() as session:
        session.execute(text("UPDATE category SET valid_to = '2026-01-01' WHERE code = 'H030402'"))
        session.execute(text("UPDATE city_version SET version = gen_random_uuid()"))

    refused = warm.post("/complaints", complaint(category=STREET_LAMP))

    assert (refused.status_code, refused.json["code"]) == (422, "category-refused")


def test_of_eight_that_wait_for_the_last_place_of_the_quota_with_snapshots_of_before_one_is_taken(
    callers: Callers, app, services, database_urls
):
    citizen = callers.citizen()
    for _ in range(services.settings.complaint_daily_quota - 1):
        assert citizen.post("/complaints", complaint()).status_code == 201

    def file(_number: int) -> int:
        return Caller(app.test_client(), citizen.token).post("/complaints", complaint()).status_code

    with psycopg.connect(database_urls.owner) as holder, ThreadPoolExecutor(8) as threads:
        holder.execute("SELECT FROM person WHERE id = %s FOR NO KEY UPDATE", (citizen.person_id,))
        waiting = [threads.submit(file, number) for number in range(8)]
        await_waiters(database_urls.owner, 8)
        holder.commit()
        statuses = sorted(one.result() for one in waiting)

    assert statuses == [201, *[429] * 7]


def test_whoever_is_disabled_while_their_complaint_waits_files_nothing(callers: Callers, app, database_urls):
    citizen = callers.citizen()

    def file() -> tuple[int, str]:
        answer = Caller(app.test_client(), citizen.token).post("/complaints", complaint())
        return answer.status_code, answer.json["code"]

    with psycopg.connect(database_urls.owner) as holder, ThreadPoolExecutor(1) as threads:
        holder.execute("UPDATE person SET disabled_at = now() WHERE id = %s", (citizen.person_id,))
        waiting = threads.submit(file)
        await_waiters(database_urls.owner, 1)
        holder.commit()
        told = waiting.result()

    # The statement wrote nothing; the ordinary way asks first who files.
    assert told == (401, "session-ended")
    with psycopg.connect(database_urls.owner) as owner:
        assert owner.execute("SELECT count(*) FROM command_case").fetchone() == (0,)


def test_a_filing_whose_connection_the_server_had_ended_is_made_once(warm, database_urls):
    question = "SELECT count(*) FROM complaint"
    with psycopg.connect(database_urls.owner, autocommit=True) as owner:
        before = owner.execute(question).fetchone()[0]
        owner.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'baitong alone'"
        )

        answers = [warm.post("/complaints", complaint()) for _ in range(2)]

        assert [one.status_code for one in answers] == [201, 201]
        assert owner.execute(question).fetchone()[0] == before + 2


def await_waiters(owner_url: str, count: int) -> None:
    """Return when so many wait for a row."""
    question = """SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%%key_lock%%'"""
    deadline_s = time.monotonic() + 10
    with psycopg.connect(owner_url, autocommit=True) as owner:
        while owner.execute(question).fetchone() != (count,):
            assert time.monotonic() < deadline_s
