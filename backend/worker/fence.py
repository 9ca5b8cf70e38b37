"""The fence of the queue: what a worker reports of a job counts only while that very try is the latest.

procrastinate 3.10 lets anybody end any job by its id. A worker that slept through (a zombie) would end the job that
was given to another in the meantime, and a message that must be tried again would be lost (S27).
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.utils import utcnow
from typing_extensions import override

log = logging.getLogger(__name__)

# Every hand-over of a job counts ``attempts`` up, so job and count name one try of it.
_FINISH: Final = """
WITH this_try AS MATERIALIZED (
  SELECT id FROM procrastinate_jobs WHERE id = %(job_id)s AND status = 'doing' AND attempts = %(attempts)s FOR UPDATE
)
SELECT procrastinate_finish_job_v1(id, %(status)s, %(delete_job)s) FROM this_try
"""
_RETRY: Final = """
WITH this_try AS MATERIALIZED (
  SELECT id FROM procrastinate_jobs WHERE id = %(job_id)s AND status = 'doing' AND attempts = %(attempts)s FOR UPDATE
)
SELECT procrastinate_retry_job_v2(id, %(retry_at)s, %(new_priority)s, %(new_queue_name)s, %(new_lock)s) FROM this_try
"""


class FencedJobManager(JobManager):
    """Ends and retries the try that it is told of, and no later one of the same job."""

    @override
    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """End this try for good."""
        rows = await self.connector.execute_query_all_async(
            _FINISH, job_id=job.id, attempts=job.attempts, status=status.value, delete_job=delete_job
        )
        _tell_if_fenced(job, rows)

    @override
    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """End this try, and have the job tried again."""
        rows = await self.connector.execute_query_all_async(
            _RETRY,
            job_id=job.id,
            attempts=job.attempts,
            retry_at=retry_at or utcnow(),
            new_priority=priority,
            new_queue_name=queue,
            new_lock=lock,
        )
        _tell_if_fenced(job, rows)


def _tell_if_fenced(job: Job, rows: object) -> None:
    if not rows:
        log.warning("late report of a job refused", extra={"job_id": job.id, "task": job.task_name})
