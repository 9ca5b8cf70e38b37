"""The queue itself: sleeping workers, unreported jobs, dead letters, and what the commands show of them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask
from procrastinate import App
from procrastinate.jobs import Status
from procrastinate.utils import utcnow

from backend.infrastructure.database import driver_connection
from backend.infrastructure.fakes import fcm
from backend.infrastructure.jobs import defer
from backend.infrastructure.push import PushOutcome, PushResult
from backend.infrastructure.retry import RetryLater
from backend.notifications.handlers import PushRun
from backend.notifications.rules import HAND_OVER_WITHIN, LEASE
from backend.worker.upkeep import prune_jobs, requeue_stalled
from mobile_api.cli.jobs import jobs
from mobile_api.services import install
from tests.sign_in_desk import HandClock
from tests.street import Street
from tests.worker.queue import take_job, with_queue


def job_states(street: Street) -> list[tuple[str, int]]:
    return [tuple(row) for row in street.rows("SELECT status::text, attempts FROM procrastinate_jobs ORDER BY id")]


def defer_one(street: Street, task: str = "relay", queue: str = "relay") -> None:
    with street.services.database.transaction() as session:
        defer(driver_connection(session), task, queue=queue, event_id="01a21102-3fa1-70ad-be00-015210d6d541")


def flask_jobs(street: Street, *arguments: str) -> Result:
    app = Flask("commands")
    install(app.extensions, street.services)
    app.cli.add_command(jobs)
    return app.test_cli_runner().invoke(args=["jobs", *arguments])


def test_an_event_waits_until_the_one_before_it_of_the_same_case_is_told_and_for_no_other(street: Street):
    reporter = street.person()
    case, other = street.case_of(reporter), street.case_of(reporter)
    first, _, elsewhere = street.move(case, "T08"), street.move(case, "T05"), street.move(other, "T08")
    given_out = []

    async def deed(app: App) -> None:
        given_out.extend([await take_job(app, "relay"), await take_job(app, "relay")])
        worker_id = given_out[0].worker_id
        given_out.append(await app.job_manager.fetch_job(queues=["relay"], worker_id=worker_id))
        await app.job_manager.retry_job(given_out[0], utcnow() + timedelta(hours=1))
        given_out.append(await app.job_manager.fetch_job(queues=["relay"], worker_id=worker_id))

    with_queue(street, deed)

    assert [job and job.task_kwargs["event_id"] for job in given_out] == [
        str(first.event_id),
        str(elsewhere.event_id),
        None,
        None,
    ]


@pytest.mark.parametrize("report", ["finish", "retry"])
def test_what_a_sleeping_worker_reports_of_a_job_that_another_has_now_is_refused(street: Street, report: str):
    defer_one(street)

    async def deed(app: App) -> None:
        sleeper = await take_job(app, "relay")
        await app.job_manager.retry_job(sleeper)
        await take_job(app, "relay")
        if report == "finish":
            await app.job_manager.finish_job(sleeper, Status.SUCCEEDED, delete_job=False)
        else:
            await app.job_manager.retry_job(sleeper)

    with_queue(street, deed)

    assert job_states(street) == [("doing", 1)]


def test_a_worker_may_end_the_job_that_it_has(street: Street):
    defer_one(street)

    async def deed(app: App) -> None:
        await app.job_manager.finish_job(await take_job(app, "relay"), Status.SUCCEEDED, delete_job=False)

    with_queue(street, deed)

    assert job_states(street) == [("succeeded", 1)]


def test_a_job_of_a_silent_worker_is_given_back_and_of_a_living_one_is_not(street: Street, owner_database):
    defer_one(street)
    defer_one(street)

    async def deed(app: App) -> None:
        silent = await take_job(app, "relay")
        await take_job(app, "relay")
        with owner_database.transaction() as session:
            session.connection().exec_driver_sql(
                "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '21 seconds' WHERE id = %s",
                (silent.worker_id,),
            )
        await requeue_stalled(app, stalled_after_s=20)

    with_queue(street, deed)

    assert job_states(street) == [("todo", 1), ("doing", 0)]


def test_a_job_that_its_living_worker_could_not_report_on_is_given_back(street: Street, owner_database):
    defer_one(street)

    async def deed(app: App) -> None:
        await take_job(app, "relay")
        with owner_database.transaction() as session:
            session.connection().exec_driver_sql("UPDATE procrastinate_events SET at = at - interval '91 seconds'")
        await requeue_stalled(app, stalled_after_s=3600)

    with_queue(street, deed)

    assert job_states(street) == [("todo", 1)]


def test_a_job_that_kills_its_worker_each_time_ends_as_a_dead_letter(street: Street):
    defer_one(street)

    async def deed(app: App) -> None:
        for _ in range(6):
            await take_job(app, "relay")
            await requeue_stalled(app, stalled_after_s=0)

    with_queue(street, deed)

    assert job_states(street) == [("failed", 6)]


def test_old_jobs_that_succeeded_go_and_dead_letters_stay(street: Street, owner_database):
    defer_one(street)
    defer_one(street)

    async def deed(app: App) -> None:
        for status in (Status.SUCCEEDED, Status.FAILED):
            await app.job_manager.finish_job(await take_job(app, "relay"), status, delete_job=False)
        with owner_database.transaction() as session:
            session.connection().exec_driver_sql("UPDATE procrastinate_events SET at = at - interval '25 hours'")
        await prune_jobs(app)

    with_queue(street, deed)

    assert job_states(street) == [("failed", 1)]


def test_dead_letters_are_listed_and_redone_by_number(street: Street):
    reporter = street.person()
    street.phone(reporter, address="address-1")
    street.fcm.script("address-1", fcm.SENDER_ID_MISMATCH)
    street.file(reporter)
    street.work()
    [delivery] = street.deliveries()

    shown = flask_jobs(street, "dead").stdout.splitlines()
    job_id, task, tries, ids = shown[0].split("\t")
    redone = flask_jobs(street, "redo", job_id)
    street.work()

    assert (task, tries, json.loads(ids)) == ("push", "1 次", {"delivery_id": str(delivery.id)})
    assert redone.exit_code == 0
    assert len(street.fcm.received) == 1
    assert flask_jobs(street, "dead").stdout == ""


def test_all_dead_letters_are_redone_at_once(street: Street):
    reporter = street.person()
    street.phone(reporter, address="address-1")
    street.fcm.script("address-1", fcm.SENDER_ID_MISMATCH, fcm.SENDER_ID_MISMATCH)
    street.file(reporter)
    street.file(reporter)
    street.work()

    result = flask_jobs(street, "redo", "--all")
    street.work()

    assert result.stdout == "已重新排队 2 条\n"
    assert len(street.fcm.received) == 2


@pytest.mark.parametrize("arguments", [("redo",), ("redo", "1", "--all"), ("redo", "424242")])
def test_a_redo_that_names_no_dead_letter_is_refused(street: Street, arguments: tuple[str, ...]):
    assert flask_jobs(street, *arguments).exit_code != 0


class TwoWorkers:
    """Two workers at one message, by a clock set by hand."""

    def __init__(self, street: Street) -> None:
        self.clock = HandClock(street.services.clock.now())
        self.street = street
        self.run = PushRun(provider=street.provider, sealer=street.services.sealer, clock=self.clock)
        self.owner = street.person()
        street.phone(self.owner, address="address-1")
        street.file(self.owner)
        street.work(outside_jobs={})
        self.delivery_id = str(street.deliveries()[0].id)

    def claim(self):
        with self.street.services.database.transaction() as session:
            return self.run.claim(session, self.delivery_id)

    def settle(self, claimed, result):
        with self.street.services.database.transaction() as session:
            return self.run.settle(session, claimed, result, False)


def test_a_message_that_one_worker_is_sending_is_not_sent_by_another(street: Street):
    two = TwoWorkers(street)
    two.claim()
    two.clock.advance(seconds=6)

    with pytest.raises(RetryLater) as refused:
        two.claim()

    assert refused.value.retry_after_s == pytest.approx(10)


def test_a_worker_that_slept_since_it_claimed_hands_nothing_over(street: Street):
    two = TwoWorkers(street)
    claimed = two.claim()
    two.clock.advance(seconds=HAND_OVER_WITHIN / timedelta(seconds=1))

    result = two.run.perform(claimed)

    assert (result.outcome, result.code) == (PushOutcome.RETRY, "claimed-too-long-ago")
    assert street.fcm.received == ()


def test_what_a_worker_reports_after_another_has_claimed_the_message_is_refused(street: Street):
    two = TwoWorkers(street)
    sleeper = two.claim()
    two.clock.advance(seconds=LEASE / timedelta(seconds=1))
    second = two.claim()

    verdict = two.settle(sleeper, PushResult(outcome=PushOutcome.DEAD_ADDRESS, code="unregistered"))
    two.settle(second, two.run.perform(second))

    [delivery] = street.deliveries()
    assert verdict is None
    assert (delivery.status, delivery.tries, delivery.result_code) == ("sent", 2, "delivered")
    assert len(street.rows("SELECT device_id FROM push_device")) == 1


def test_two_tries_of_one_message_carry_one_id(street: Street):
    two = TwoWorkers(street)
    first = two.claim()
    two.run.perform(first)
    two.clock.advance(seconds=LEASE / timedelta(seconds=1))

    two.run.perform(two.claim())

    assert len({push.data["message_id"] for push in street.fcm.received}) == 1
    assert len(street.fcm.received) == 2
