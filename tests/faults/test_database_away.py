"""PostgreSQL hung or killed for a while: quick refusals, no restart, quick healing, nothing lost or doubled.

OUTAGE_S=60 makes each of the two absences last a minute; the figures are printed.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from backend.infrastructure.embedded.postgres import Postgres
from tests.faults.api import sign_in_citizen
from tests.faults.load import Client, Load, Outcome, Request, percentile
from tests.faults.processes import descendants
from tests.faults.run_product import PRODUCT, Product, new_product, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow]
OUTAGE_S = float(os.environ.get("OUTAGE_S", "8"))
CLIENTS = 16
# The promise, and the bound that a busy machine is given.
PROMISED_S, BOUND_S = 1.0, 2.0
HEALED_WITHIN_S = 5.0


@dataclass
class Scene:
    """A product on a database of the test's own, which the supervisor does not look after."""

    product: Product
    postgres: Postgres
    tokens: list[str] = field(default_factory=list)

    def stop_all(self, how: signal.Signals) -> None:
        """Send a signal to the server and to every process of it."""
        assert self.postgres.process is not None
        pid = self.postgres.process.pid
        for each in [pid, *(seen.pid for seen in descendants(pid))]:
            with suppress(ProcessLookupError):
                os.kill(each, how)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    quiet = {"BAITONG_TRAFFIC_LIMIT_PER_MINUTE": "1000000", "BAITONG_COMPLAINT_DAILY_QUOTA": "100000"}
    with new_product(module=PRODUCT, environment=quiet) as product:
        postgres = Postgres(product.home / "postgres")
        postgres.start()
        try:
            product.start(DATABASE_URL=postgres.serving_url(), DATABASE_OWNER_URL=postgres.owner_url())
            product.await_ready(within_s=180)
            made = Scene(product=product, postgres=postgres)
            made.tokens = [sign_in_citizen(product, f"1390000000{number}") for number in range(4)]
            yield made
        finally:
            product.stop()
            postgres.stop()


def filings(token: str) -> Iterator[Request]:
    """Yield complaints without end, each with a key of its own."""
    for number in itertools.count():
        body = {
            "request_type": "QZ",
            "category": {"tree": "12345", "code": "H030402"},
            "title": f"路灯不亮 {number}",
            "description": "路灯晚上不亮，请尽快修复。",
            "division": "320682",
            "address": "如城街道试验路 1 号",
            "identity_shown": "named",
        }
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid.uuid4()),
        }
        yield Request(method="POST", path="/api/v1/complaints", body=json.dumps(body).encode(), headers=headers)


@dataclass
class Health:
    """What /livez and /readyz said, and when."""

    live: list[Outcome] = field(default_factory=list)
    ready: list[Outcome] = field(default_factory=list)


@contextmanager
def health_watched(port: int) -> Iterator[Health]:
    """Ask both five times a second during the body."""
    health, over, client = Health(), threading.Event(), Client(port)

    def watch() -> None:
        while not over.wait(0.2):
            health.live.append(client.ask(Request(method="GET", path="/livez")))
            health.ready.append(client.ask(Request(method="GET", path="/readyz")))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield health
    finally:
        over.set()
        thread.join(60)


def resident_mib(product: Product) -> float:
    """Return the memory of both web workers."""
    kib = 0
    for pid in product.web_workers():
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        kib += int(status.partition("VmRSS:")[2].split()[0])
    return kib / 1024


def stored(scene: Scene) -> dict[str, int]:
    """Return how many complaints each key has made, as the database itself tells."""
    with psycopg.connect(scene.postgres.owner_url()) as database:
        rows = database.execute(
            "SELECT i.key, count(c.number) FROM idempotency_record i "
            "LEFT JOIN complaint c ON c.number = i.receipt->>'number' GROUP BY i.key"
        ).fetchall()
        total = database.execute("SELECT count(*) FROM complaint").fetchone()
    assert total is not None
    assert total[0] == len(rows), "a complaint without its key"
    return dict(rows)


def judge_absence(load: Load, health: Health, *, since_s: float, until_s: float, name: str) -> None:
    """Everything asked meanwhile was refused quickly and in words; the processes themselves were alive."""
    # What was under way at that moment may have been served still.
    asked = load.waiting_between(since_s, until_s)
    refused = [outcome for outcome in asked if outcome.status != 201]
    promptly_s = percentile(refused, 0.99)
    print(
        f"\n{name} for {until_s - since_s:.0f} s: {len(refused)} refusals, "
        f"p99 {promptly_s:.3f} s, longest {max(outcome.took_s for outcome in refused):.3f} s"
    )
    assert len(asked) - len(refused) <= CLIENTS
    assert {(o.status, o.media_type) for o in refused} == {(503, "application/problem+json")}
    assert all(int(outcome.retry_after) > 0 for outcome in refused)
    assert promptly_s < BOUND_S, f"promised {PROMISED_S} s"
    live = [o for o in health.live if since_s <= o.asked_s < until_s]
    ready = [o for o in health.ready if since_s + BOUND_S <= o.asked_s < until_s - BOUND_S]
    print(f"/livez longest {max(o.took_s for o in live):.3f} s; /readyz longest {max(o.took_s for o in ready):.3f} s")
    assert {outcome.status for outcome in live} == {200}
    assert {outcome.status for outcome in ready} == {503}
    assert max(outcome.took_s for outcome in live) < BOUND_S


def judge_healing(load: Load, *, back_s: float, name: str) -> None:
    """Served again soon, and by both workers."""
    served = [o.asked_s + o.took_s - back_s for o in load.outcomes if o.status == 201 and o.asked_s >= back_s]
    late = [o.asked_s + o.took_s - back_s for o in load.outcomes if o.status != 201 and o.asked_s >= back_s]
    workers = {o.worker_pid for o in load.outcomes if o.status == 201 and o.asked_s >= back_s}
    print(f"{name}: first success {min(served):.2f} s after it was back, last refusal {max(late, default=0.0):.2f} s")
    assert min(served) < HEALED_WITHIN_S
    assert max(late, default=0.0) < HEALED_WITHIN_S
    assert len(workers) == 2


def hang(scene: Scene) -> None:
    """Let the server hold its sockets and say nothing."""
    scene.stop_all(signal.SIGSTOP)


def wake(scene: Scene) -> None:
    """Let it go on."""
    scene.stop_all(signal.SIGCONT)


def kill(scene: Scene) -> None:
    """Kill it, and let nobody start it."""
    scene.stop_all(signal.SIGKILL)
    assert scene.postgres.process is not None
    scene.postgres.process.wait(10)


def start_again(scene: Scene) -> None:
    """Start it, with the recovery that it needs."""
    scene.postgres.start()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("take_away", "bring_back"), [(hang, wake), (kill, start_again)])
def test_while_the_database_is_away_everyone_is_told_quickly_and_nothing_is_lost(scene: Scene, take_away, bring_back):
    product, name = scene.product, take_away.__name__
    workers, memory_mib = product.web_workers(), resident_mib(product)
    clients = [
        (Client(product.port, keep_alive=number % 2 == 0), filings(scene.tokens[number % len(scene.tokens)]))
        for number in range(CLIENTS)
    ]

    with Load(clients, pause_s=0.1) as load, health_watched(product.port) as health:
        wait_until(lambda: sum(o.status == 201 for o in load.outcomes) > 50, within_s=60, what="filings")
        take_away(scene)
        away_s = time.monotonic()
        wait_until(lambda: time.monotonic() > away_s + OUTAGE_S, within_s=OUTAGE_S + 5, what="the outage")
        ending_s = time.monotonic()
        bring_back(scene)
        back_s = time.monotonic()
        wait_until(
            lambda: sum(o.status == 201 and o.asked_s > back_s for o in load.outcomes) > 100,
            within_s=60,
            what="filings again",
        )

    judge_absence(load, health, since_s=away_s, until_s=ending_s, name=name)
    judge_healing(load, back_s=back_s, name=name)
    assert product.web_workers().keys() == workers.keys()
    grown_mib = resident_mib(product) - memory_mib
    acknowledged = {o.request.headers["Idempotency-Key"] for o in load.outcomes if o.status == 201}
    made = stored(scene)
    lost = [key for key in acknowledged if made.get(key, 0) == 0]
    doubled = [key for key, count in made.items() if count > 1]
    print(f"{len(acknowledged)} acknowledged, lost {len(lost)}, dup {len(doubled)}; memory {grown_mib:+.1f} MiB")
    assert (lost, doubled) == ([], [])
    assert grown_mib < 0.2 * memory_mib
