"""How often a job is tried, and how a job says that it could not be done now, or never will be.

The tries are those of R9 of the requirements: six, then the job stays in the queue as failed until somebody redoes it.
"""

from __future__ import annotations

RETRY_DELAYS_S = (15.0, 60.0, 180.0, 600.0, 1800.0)
MAX_TRIES = len(RETRY_DELAYS_S) + 1
LONGEST_RETRY_AFTER_S = 3600.0


class RetryLater(Exception):
    """The job could not be done now. ``retry_after_s`` is the least wait that the other side asked for.

    The reason is a code, never a text of the other side: it is logged.
    """

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class NeverRetry(Exception):
    """The job cannot be done, and another try would not help: it becomes a dead letter at once."""
