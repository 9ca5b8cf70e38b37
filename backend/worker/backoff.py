"""When a job that failed is tried again (R9): a fixed list of waits, spread by a quarter, then a dead letter."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job
from typing_extensions import override

from backend.infrastructure.retry import LONGEST_RETRY_AFTER_S, RETRY_DELAYS_S, NeverRetry, RetryLater
from backend.kernel.clock import Clock

_SPREAD = (0.75, 1.25)
_SPREAD_AFTER = (1.0, 1.25)
_RANDOM = random.SystemRandom()


class Backoff(BaseRetryStrategy):
    """Waits 15 s, 60 s, 3 min, 10 min and 30 min, each +-25 %, and at least what the other side asked for.

    Nor do all who were told the same wait come back in one moment: up to a quarter is added to it.

    ``time_scale`` makes every wait so many times shorter: tests set it.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        time_scale: float = 1.0,
        spread: Callable[[float, float], float] = _RANDOM.uniform,
    ) -> None:
        self._clock = clock
        self._time_scale = time_scale
        self._spread = spread

    @override
    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again, or None for never. ``job.attempts`` is 0 at the first try."""
        if isinstance(exception, NeverRetry) or job.attempts >= len(RETRY_DELAYS_S):
            return None
        delay_s = RETRY_DELAYS_S[job.attempts] * self._spread(*_SPREAD)
        if isinstance(exception, RetryLater) and exception.retry_after_s is not None:
            asked_s = min(exception.retry_after_s, LONGEST_RETRY_AFTER_S)
            delay_s = max(delay_s, asked_s * self._spread(*_SPREAD_AFTER))
        return RetryDecision(retry_at=self._clock.now() + timedelta(seconds=delay_s / self._time_scale))
