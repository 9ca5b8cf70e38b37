"""Figures that the database knows: how the queue and its worker do. The worker has no address to be asked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from backend.infrastructure.database import Database, Session
from backend.kernel.errors import Unavailable
from backend.worker.queue_figures import count_dead_letters, waiting_jobs, worker_beats

T = TypeVar("T")


class AskedFigures(Collector):
    """Asked for at each scrape. What cannot be had now is left out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    def collect(self) -> Iterable[Metric]:
        """Ask; when the database is away, only say so."""
        up = GaugeMetricFamily("baitong_database_up", "1 while the database answers this process")
        beats = self._ask(worker_beats)
        up.add_metric([], 0 if beats is None else 1)
        yield up
        if beats is None:
            return
        yield GaugeMetricFamily("baitong_worker_lanes_alive", "Lanes of the job worker that beat lately", beats.alive)
        if beats.silent_s is not None:
            yield GaugeMetricFamily("baitong_worker_silent_seconds", "Since the last beat of a worker", beats.silent_s)
        yield from self._waiting()
        dead = self._ask(count_dead_letters)
        if dead is not None:
            yield GaugeMetricFamily("baitong_jobs_dead", "Jobs that failed at every try and wait for a person", dead)

    def _waiting(self) -> Iterable[Metric]:
        due = GaugeMetricFamily("baitong_jobs_due", "Jobs whose time has come", labels=["queue"])
        put_off = GaugeMetricFamily("baitong_jobs_put_off", "Jobs that wait for a later try", labels=["queue"])
        oldest = GaugeMetricFamily("baitong_jobs_oldest_seconds", "How long the oldest due job waits", labels=["queue"])
        for queue in self._ask(waiting_jobs) or ():
            due.add_metric([queue.queue], queue.due)
            put_off.add_metric([queue.queue], queue.put_off)
            oldest.add_metric([queue.queue], queue.oldest_s)
        return due, put_off, oldest

    def _ask(self, question: Callable[[Session], T]) -> T | None:
        try:
            with self._database.transaction() as session:
                return question(session)
        except Unavailable:
            return None
