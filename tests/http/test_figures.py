"""Figures that the database knows: what waits, what is dead, and whether a worker lives; and none while it is away."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

SCRAPE = "/metrics"


@pytest.fixture
def figures(client, services):
    """Return a scrape: every figure by its name and labels."""

    def scrape() -> dict[str, float]:
        answer = client.get(SCRAPE, headers={"Authorization": f"Bearer {services.settings.metrics_token}"})
        assert answer.status_code == 200
        lines = re.findall(r"^(baitong_[^#\n]+) ([^ \n]+)$", answer.get_data(as_text=True), re.MULTILINE)
        return {name: float(value) for name, value in lines}

    return scrape


@pytest.fixture
def queue(owner_database):
    """Put jobs and workers into the queue as if they had come by themselves."""

    def put(statement: str) -> None:
        with owner_database.transaction() as session:
            session.execute(text(statement))

    return put


JOB = "INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at, queueing_lock) VALUES "


def test_what_waits_is_told_by_queue_with_the_age_of_the_oldest(figures, queue):
    queue(JOB + "('push', 'push', 'todo', now() - interval '90 seconds', null)")
    queue(JOB + "('push', 'push', 'todo', now() - interval '5 seconds', null)")
    queue(JOB + "('push', 'push', 'todo', now() + interval '1 hour', null)")

    seen = figures()

    assert seen['baitong_jobs_due{queue="push"}'] == 2
    assert seen['baitong_jobs_put_off{queue="push"}'] == 1
    assert 90 <= seen['baitong_jobs_oldest_seconds{queue="push"}'] < 120


def test_a_job_that_was_never_put_off_is_as_old_as_its_first_event(figures, queue):
    queue(JOB + "('relay', 'relay', 'todo', null, null)")
    queue("UPDATE procrastinate_events SET at = now() - interval '40 seconds' WHERE type = 'deferred'")

    assert 40 <= figures()['baitong_jobs_oldest_seconds{queue="relay"}'] < 70


def test_dead_letters_are_counted_without_those_of_the_schedule(figures, queue):
    queue(JOB + "('push', 'push', 'failed', null, null), ('upkeep', 'prune_jobs', 'failed', null, 'prune_jobs')")

    assert figures()["baitong_jobs_dead"] == 1


def test_a_worker_that_stopped_beating_is_seen(figures, queue):
    queue("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()), (now() - interval '50 seconds')")
    one = figures()
    queue("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '50 seconds'")
    none = figures()

    assert one["baitong_worker_lanes_alive"] == 1
    assert none["baitong_worker_lanes_alive"] == 0
    assert 50 <= none["baitong_worker_silent_seconds"] < 80
