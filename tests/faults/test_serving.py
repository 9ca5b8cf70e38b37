"""Operating a product that serves: figures that add up, a new web in place of the old, and an end that finishes.

The tests share one installation; each finds it running and whole.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from dotenv import dotenv_values

from backend.infrastructure.embedded.data_dir import PROJECT_DIR
from backend.infrastructure.embedded.readiness import answering_worker
from tests.faults.load import Client, Load, Outcome, Request
from tests.faults.run_product import PRODUCT, Product, new_product, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow]
READ = Request(method="GET", path="/api/v1/reference/request-types")
UNKNOWN = Request(method="GET", path="/api/v1/nowhere")


@pytest.fixture(scope="module")
def installation() -> Iterator[Product]:
    with new_product(module=PRODUCT, environment={"BAITONG_TRAFFIC_LIMIT_PER_MINUTE": "1000000"}) as made:
        yield made


@pytest.fixture
def product(installation: Product) -> Product:
    if installation.has_ended():
        installation.start()
        installation.await_ready(within_s=180)
    installation.web_workers()
    return installation


def figures(product: Product) -> dict[str, float]:
    """Return every figure by its name and labels."""
    token = dotenv_values(product.data_dir / "serve.env")["BAITONG_METRICS_TOKEN"]
    asked = Request(method="GET", path="/metrics", headers={"Authorization": f"Bearer {token}"})
    answer = Client(product.port).ask(asked)
    assert answer.status == 200
    lines = [line for line in answer.body.decode().splitlines() if not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def answered(found: dict[str, float], route: str, status: int) -> float:
    """Return how often a route was answered so."""
    wanted = re.compile(rf'baitong_http_requests_total{{.*route="{re.escape(route)}".*status="{status}".*}}')
    return sum(value for name, value in found.items() if wanted.fullmatch(name))


def ask_both(product: Product, *, times: int) -> set[str]:
    """Ask on new connections, a known and an unknown address in turn; return the workers that answered."""
    client = Client(product.port)
    return {client.ask(request).worker_pid for _ in range(times) for request in (READ, UNKNOWN)}


def test_figures_add_up_over_both_workers_and_never_fall_when_one_is_killed(product: Product) -> None:
    before = figures(product)
    workers = ask_both(product, times=60)
    after = figures(product)
    asked_again = figures(product)

    assert len(workers) == 2
    assert answered(after, READ.path, 200) - answered(before, READ.path, 200) == 60
    assert answered(after, "none", 404) - answered(before, "none", 404) == 60
    assert answered(asked_again, READ.path, 200) == answered(after, READ.path, 200)
    assert after["baitong_database_up"] == 1
    wait_until(lambda: figures(product).get("baitong_worker_lanes_alive") == 2, within_s=30, what="the worker's lanes")

    victim = next(iter(product.web_workers().values()))
    gauges = product.data_dir / "metrics"
    victim.kill()
    wait_until(lambda: not victim.runs() and len(product.web_workers()) == 2, within_s=60, what="a new worker")
    ask_both(product, times=10)
    later = figures(product)

    assert answered(later, READ.path, 200) - answered(after, READ.path, 200) == 10
    assert [name for name, value in after.items() if "_total" in name and later.get(name, 0) < value] == []
    assert [file.name for file in gauges.glob(f"gauge_live*_{victim.pid}.db")] == []
    assert [file.name for file in gauges.glob(f"counter_{victim.pid}.db")] == [f"counter_{victim.pid}.db"]


def forever(*requests: Request) -> Iterator[Request]:
    """Yield the same requests again and again."""
    while True:
        yield from requests


def failed(outcomes: list[Outcome]) -> list[tuple[int, bool, bytes]]:
    """Return each request that was not served: its status, whether its connection was an old one, what was said."""
    return [
        (one.status, one.reused, one.body[:300])
        for one in outcomes
        if one.status not in {200, 404} and not was_hung_up(one)
    ]


def was_hung_up(outcome: Outcome) -> bool:
    """Tell whether a kept connection ended between two requests, just as the next one set out.

    A server may end an idle connection at any moment, and a client asks again on a new one (RFC 9112, 9.3.1).
    """
    return outcome.status == 0 and outcome.reused


def test_a_rolling_restart_under_load_refuses_nobody(product: Product) -> None:
    old = product.web_workers()
    before = figures(product)
    old_run = answering_worker(product.port)
    kept = 6
    people = [(Client(product.port, keep_alive=number < kept), forever(READ, UNKNOWN)) for number in range(12)]

    with Load(people, pause_s=0.03) as load:
        wait_until(lambda: len(load.outcomes) > 200, within_s=60, what="load")
        begun_s = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", PRODUCT, "restart"],
            cwd=PROJECT_DIR,
            env={"BAITONG_DATA_DIR": str(product.data_dir), "PATH": ""},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        wait_until(lambda: "renewed" in product.output, within_s=120, what=f"renewed: {product.output}")
        took_s = time.monotonic() - begun_s
        count = len(load.outcomes)
        wait_until(lambda: len(load.outcomes) > count + 200, within_s=60, what="load")

    new = product.web_workers()
    new_run = answering_worker(product.port)
    hung_up = [one for one in load.outcomes if was_hung_up(one)]
    print(
        f"\nrolling restart in {took_s:.1f} s: failed {len(failed(load.outcomes))} of {len(load.outcomes)}, "
        f"kept connections ended {len(hung_up)}"
    )
    assert len(load.outcomes) >= 500
    assert failed(load.outcomes) == []
    assert len(hung_up) <= kept
    assert not new.keys() & old.keys()
    assert [worker for worker in old.values() if worker.runs()] == []
    assert old_run is not None
    assert new_run is not None
    assert new_run[0] != old_run[0]
    served = answered(figures(product), READ.path, 200) - answered(before, READ.path, 200)
    assert served == sum(outcome.request is READ for outcome in load.outcomes if not was_hung_up(outcome))


def test_at_sigterm_every_request_that_was_taken_is_answered_and_everything_ends(product: Product) -> None:
    tree, stop = product.tree(), threading.Event()
    slow = Request(
        method="POST",
        path="/api/v1/sessions/operator",
        body=b'{"login_name": "nobody.here", "password": "wrong-password-1", "device_id": "desk-0001"}',
        headers={"Content-Type": "application/json"},
    )
    outcomes: list[Outcome] = []

    def ask_until_refused() -> None:
        client = Client(product.port)
        while not stop.is_set():
            outcomes.append(client.ask(slow))
            if outcomes[-1].status == 0:
                return

    people = [threading.Thread(target=ask_until_refused) for _ in range(12)]
    for one in people:
        one.start()
    wait_until(lambda: len(outcomes) > 30, within_s=60, what="load")
    assert product.process is not None
    product.process.send_signal(signal.SIGTERM)
    code = product.await_end()
    stop.set()
    for one in people:
        one.join(30)

    # Nobody listens any more, or hung up while it was still being written: then nobody has taken it.
    untaken = {"ConnectionRefusedError", "BrokenPipeError"}
    broken = Counter(o.error for o in outcomes if o.status == 0 and o.error not in untaken)
    print(f"\nat SIGTERM: {len(outcomes)} asked, {broken.total()} taken and not answered")
    assert code == 0
    assert broken == Counter()
    assert [seen for seen in tree if seen.runs()] == []
