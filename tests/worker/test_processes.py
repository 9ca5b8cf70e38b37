"""Worker processes: killed in the middle of a job, stopped in peace, and kept apart from the web."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.infrastructure.embedded.first_secrets import make_secrets
from backend.worker.upkeep import requeue_stalled
from tests.street import Street
from tests.worker.queue import with_queue

PATIENCE_S = 40.0
PROJECT = Path(__file__).parents[2]
# Others use the server too.
CONNECTIONS = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"


def until(condition: Callable[[], object]) -> None:
    """Wait until it holds; fail when it does not in time."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def worker_environment(street: Street, fcm_credentials: Path) -> dict[str, str]:
    """The environment of a worker's process over the test's own database and FCM."""
    settings = street.services.settings
    ours = {name: value for name, value in os.environ.items() if not name.startswith("BAITONG_")}
    return (
        ours
        | make_secrets()
        | {
            "BAITONG_ENVIRONMENT": "test",
            "BAITONG_DATA_DIR": str(fcm_credentials.parent),
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "BAITONG_FCM_CREDENTIALS_FILE": str(fcm_credentials),
            "BAITONG_FCM_BASE_URL": street.fcm.base_url,
        }
    )


@contextmanager
def running(*command: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process of ours for the time of the block."""
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_job_whose_worker_is_killed_in_the_middle_is_done_once_by_the_next(
    street: Street, worker_environment: dict[str, str], tmp_path: Path
):
    reporter = street.person()
    street.file(reporter)
    marker = tmp_path / "in-the-middle"

    with running(
        sys.executable, "-m", "tests.worker.first_worker", str(marker), environment=worker_environment
    ) as first:
        until(marker.exists)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    seen_by_nobody = street.inbox(reporter)
    until(lambda: not street.rows(f"{CONNECTIONS} AND application_name = 'baitong-worker'"))
    with_queue(street, lambda app: requeue_stalled(app, stalled_after_s=0))
    street.work()

    assert seen_by_nobody == []
    assert len(street.inbox(reporter)) == 1
    assert street.rows("SELECT attempts FROM procrastinate_jobs WHERE task_name = 'deliver'") == [(2,)]


@pytest.mark.slow
def test_a_worker_stopped_in_its_transaction_changes_nothing_when_it_wakes(
    street: Street, worker_environment: dict[str, str], tmp_path: Path
):
    reporter = street.person()
    street.phone(reporter)
    street.file(reporter)
    marker = tmp_path / "in-the-middle"

    with running(
        sys.executable, "-m", "tests.worker.first_worker", str(marker), environment=worker_environment
    ) as sleeper:
        until(marker.exists)
        os.kill(sleeper.pid, signal.SIGSTOP)
        # The server ends the transaction of a worker that says nothing; then the job is somebody else's.
        until(lambda: not street.rows(f"{CONNECTIONS} AND state = 'idle in transaction'"))
        with_queue(street, lambda app: requeue_stalled(app, stalled_after_s=0))
        street.work()
        marker.with_suffix(".go").touch()
        os.kill(sleeper.pid, signal.SIGCONT)
        os.kill(sleeper.pid, signal.SIGTERM)
        until(lambda: sleeper.poll() is not None)

    assert len(street.inbox(reporter)) == 1
    assert len(street.fcm.received) == 1
    assert street.rows("SELECT status::text FROM procrastinate_jobs WHERE task_name = 'deliver'") == [("succeeded",)]


def test_flask_worker_tells_what_is_committed_and_ends_in_peace(street: Street, worker_environment: dict[str, str]):
    reporter = street.person()

    with running(sys.executable, "-m", "flask", "worker", environment=worker_environment) as worker:
        street.file(reporter)
        until(lambda: street.inbox(reporter))
        worker.send_signal(signal.SIGTERM)
        code = worker.wait(timeout=PATIENCE_S)

    assert code == 0
    assert street.rows("SELECT id FROM procrastinate_workers") == []


@pytest.mark.parametrize("module", ["mobile_api.app", "mobile_api.cli.app"])
def test_only_the_worker_carries_the_weight_of_firebase_admin(module: str):
    script = f"import sys, {module}; sys.exit('firebase_admin' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], cwd=PROJECT, check=False).returncode == 0
