"""When a job that failed is tried again: the table of requirement R9, and what the other side asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from procrastinate.jobs import Job

from backend.infrastructure.retry import NeverRetry, RetryLater
from backend.worker.backoff import Backoff
from tests.sign_in_desk import NOW, HandClock

# Typed from R9: the wait after the first, second ... try, in seconds; after the sixth there is none.
WAITS_S = [15, 60, 180, 600, 1800]


def job(attempts: int) -> Job:
    return Job(id=1, queue="push", lock=None, queueing_lock=None, task_name="push", attempts=attempts)


def wait_s(exception: Exception, *, attempts: int, at: float = 0.5, time_scale: float = 1.0) -> float | None:
    """Return the wait that is decided; ``at`` is where in the spread the dice fall, from 0 to 1."""
    backoff = Backoff(clock=HandClock(), time_scale=time_scale, spread=lambda low, high: low + at * (high - low))
    decision = backoff.get_retry_decision(exception=exception, job=job(attempts))
    if decision is None:
        return None
    assert decision.retry_at is not None
    return (decision.retry_at - NOW) / timedelta(seconds=1)


@pytest.mark.parametrize(("attempts", "expected_s"), list(enumerate(WAITS_S)))
def test_a_failed_try_is_followed_by_the_wait_of_the_table_a_quarter_less_or_more(attempts: int, expected_s: int):
    waits = [wait_s(RuntimeError(), attempts=attempts, at=at) for at in (0.0, 0.5, 1.0)]

    assert waits == pytest.approx([expected_s * 0.75, expected_s, expected_s * 1.25])


def test_the_sixth_try_is_the_last():
    assert wait_s(RuntimeError(), attempts=5) is None
    assert wait_s(RetryLater("unavailable", retry_after_s=1), attempts=5) is None


@pytest.mark.parametrize("attempts", range(6))
def test_what_can_never_be_done_is_not_tried_again(attempts: int):
    assert wait_s(NeverRetry("refused"), attempts=attempts) is None


@pytest.mark.parametrize(("at", "expected_s"), [(0.0, 120), (0.5, 135), (1.0, 150)])
def test_the_other_side_may_ask_for_a_longer_wait_to_which_up_to_a_quarter_is_added(at: float, expected_s: float):
    assert wait_s(RetryLater("quota-exceeded", retry_after_s=120), attempts=0, at=at) == pytest.approx(expected_s)


def test_the_other_side_cannot_shorten_the_wait():
    assert wait_s(RetryLater("unavailable", retry_after_s=1), attempts=1) == pytest.approx(60)


def test_the_other_side_cannot_ask_for_more_than_an_hour():
    assert wait_s(RetryLater("unavailable", retry_after_s=1e9), attempts=0, at=0.0) == pytest.approx(3600)


def test_the_dice_are_thrown_within_the_spread():
    backoff = Backoff(clock=HandClock())
    decisions = [backoff.get_retry_decision(exception=RuntimeError(), job=job(0)) for _ in range(200)]
    waits = {(decision.retry_at - NOW).total_seconds() for decision in decisions}

    assert min(waits) >= 11.25
    assert max(waits) <= 18.75
    assert len(waits) > 100
