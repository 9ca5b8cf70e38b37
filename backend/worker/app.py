"""The procrastinate app of the worker: tasks and schedule, made from the table it is handed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field

from procrastinate import App, JobContext, PsycopgConnector
from sqlalchemy.engine import make_url

from backend.infrastructure.database import Database
from backend.infrastructure.outbox import RELAY_QUEUE, RELAY_TASK
from backend.infrastructure.retry import MAX_TRIES
from backend.kernel.clock import Clock
from backend.worker import upkeep
from backend.worker.backoff import Backoff
from backend.worker.fence import FencedJobManager
from backend.worker.table import OutsideJob, OutsideJobs, Subscriptions
from backend.worker.tasks import DELIVER_QUEUE, DELIVER_TASK, Tasks
from backend.worker.upkeep import UPKEEP_QUEUE, Pruning, Prunings, Sweep, Sweeps

HEARTBEAT_S = 5.0
# Longer than IDLE_TIMEOUT_S of the tasks: a zombie's transaction has ended before its job is given to another.
STALLED_AFTER_S = 20.0
# A new job wakes the worker at once; one that waited for another's lock, or for its hour, is found by polling (R18).
POLLING_S = 1.0
_CONNECTIONS = 6
_EVERY_TEN_SECONDS = "* * * * * */10"
_EVERY_FIVE_SECONDS = "* * * * * */5"
_HOURLY = "7 * * * *"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerParts:
    """What the composition root hands to the worker.

    ``prunings`` remove what is old, each hourly; ``sweeps`` do what clocks ask for, each every few seconds.
    ``time_scale`` shortens the waits between tries, and ``stalled_after_s`` the patience with a silent worker, for
    tests alone.
    """

    database: Database
    database_url: str = field(repr=False)
    schema: str
    clock: Clock
    subscriptions: Subscriptions
    outside_jobs: OutsideJobs
    prunings: Prunings = field(default_factory=dict)
    sweeps: Sweeps = field(default_factory=dict)
    time_scale: float = 1.0
    heartbeat_s: float = HEARTBEAT_S
    stalled_after_s: float = STALLED_AFTER_S


def build_app(parts: WorkerParts) -> App:
    """Return the app with all tasks. It is not open yet."""
    # procrastinate has connections of its own: they are asynchronous, and one of them listens.
    conninfo = make_url(parts.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    connector = PsycopgConnector(
        conninfo=conninfo,
        min_size=1,
        max_size=_CONNECTIONS,
        kwargs={"options": f"-csearch_path={parts.schema}", "application_name": "baitong-worker"},
    )
    app = App(
        connector=connector,
        worker_defaults={
            "update_heartbeat_interval": parts.heartbeat_s,
            "stalled_worker_timeout": parts.stalled_after_s,
            "fetch_job_polling_interval": max(0.1, POLLING_S / parts.time_scale),
        },
    )
    app.job_manager = FencedJobManager(connector)
    _add_tasks(app, parts)
    _add_upkeep(app, parts)
    return app


def _add_tasks(app: App, parts: WorkerParts) -> None:
    backoff = Backoff(clock=parts.clock, time_scale=parts.time_scale)
    tasks = Tasks(database=parts.database, clock=parts.clock, subscriptions=parts.subscriptions)
    app.task(name=RELAY_TASK, queue=RELAY_QUEUE, retry=backoff)(tasks.relay)
    app.task(name=DELIVER_TASK, queue=DELIVER_QUEUE, retry=backoff)(tasks.deliver)
    for name, job in parts.outside_jobs.items():
        app.task(name=name, queue=job.queue, retry=backoff, pass_context=True)(_reaching(tasks, job))


def _reaching(tasks: Tasks, job: OutsideJob) -> Callable[..., None]:
    def reach(context: JobContext, /, **ids: str) -> None:
        tasks.reach_outside(job, ids, is_last_try=context.job.attempts + 1 >= MAX_TRIES)

    return reach


def _add_upkeep(app: App, parts: WorkerParts) -> None:
    async def requeue_stalled(timestamp: int) -> None:  # noqa: ARG001 - procrastinate tells the time it is for
        await upkeep.requeue_stalled(app, stalled_after_s=parts.stalled_after_s)

    async def prune_jobs(timestamp: int) -> None:  # noqa: ARG001 - as above
        await upkeep.prune_jobs(app)

    # One waiting job of each kind is enough, however long no worker ran.
    task = functools.partial(app.task, queue=UPKEEP_QUEUE)
    stalled = task(name="requeue_stalled", queueing_lock="requeue_stalled")(requeue_stalled)
    app.periodic(cron=_EVERY_TEN_SECONDS)(stalled)
    app.periodic(cron=_HOURLY)(task(name="prune_jobs", queueing_lock="prune_jobs")(prune_jobs))
    for name, pruning in parts.prunings.items():
        prune = task(name=f"prune_{name}", queueing_lock=f"prune_{name}")(_pruning(parts, pruning))
        app.periodic(cron=_HOURLY)(prune)
    for name, sweep in parts.sweeps.items():
        swept = task(name=f"sweep_{name}", queueing_lock=f"sweep_{name}")(_sweeping(sweep))
        app.periodic(cron=_EVERY_FIVE_SECONDS)(swept)


def _pruning(parts: WorkerParts, pruning: Pruning) -> Callable[[int], None]:
    def prune(timestamp: int) -> None:  # noqa: ARG001 - as above
        upkeep.prune(parts.database, parts.clock, pruning)

    return prune


def _sweeping(sweep: Sweep) -> Callable[[int], None]:
    def run(timestamp: int) -> None:  # noqa: ARG001 - as above
        sweep()

    return run
