"""The whole product under its supervisor: ready again in seconds, and serving again after each kill -9.

The tests share one installation; each leaves it running. Recovery times are printed.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
import uuid
from collections.abc import Iterator

import pytest

from backend.infrastructure.embedded.data_dir import PROJECT_DIR
from backend.infrastructure.embedded.readiness import answering_worker
from tests.faults.api import Api, sign_in_citizen
from tests.faults.processes import Seen, descendants, environment_of
from tests.faults.run_product import PRODUCT, READY, Product, new_product, wait_until
from tests.faults.watching import watching

pytestmark = [pytest.mark.faults, pytest.mark.slow]
PROMISED_S = 2.0
BOUND_S = 5.0
# The cold start loads the whole city, on a machine that runs other tests beside it.
START_WITHIN_S = 180.0


@pytest.fixture(scope="module")
def installation() -> Iterator[Product]:
    with new_product(module=PRODUCT) as made:
        made.start()
        made.await_ready(within_s=START_WITHIN_S)
        yield made


@pytest.fixture
def product(installation: Product) -> Product:
    """The installation, running and whole, whatever the test before has left."""
    if installation.has_ended():
        installation.start()
        installation.await_ready(within_s=START_WITHIN_S)
    wait_until_ready(installation)
    return installation


def ready_worker(port: int) -> int | None:
    """Return the pid of a web worker that says on /readyz that it has all it needs; None when none is met.

    The two questions go over one connection, which is one worker's.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/livez")
        worker_pid = json.loads(connection.getresponse().read())["worker_pid"]
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        parts = json.loads(answer.read()).get("parts")
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return None
    finally:
        connection.close()
    return worker_pid if (answer.status, parts) == (200, {"database": "ok", "valkey": "ok"}) else None


def wait_until_ready(product: Product) -> float:
    """Wait until both web workers are ready: each of them looks for what was away by itself. Returns seconds."""
    ready: set[int | None] = set()

    def both_ready() -> bool:
        ready.add(ready_worker(product.port))
        return len(ready - {None}) >= 2

    return wait_until(both_ready, within_s=60, what="/readyz of two workers")


def file_complaint(port: int, token: str) -> str:
    """File a complaint about a street lamp in 如皋 and return its number."""
    body = {
        "request_type": "QZ",
        "category": {"tree": "12345", "code": "H030402"},
        "title": "路灯不亮",
        "description": "路灯晚上不亮，请尽快修复。",
        "division": "320682",
        "address": "如城街道试验路 1 号",
        "identity_shown": "named",
    }
    headers = {"Idempotency_Key": str(uuid.uuid4())}
    answer = Api(port).patiently("POST", "/complaints", body, token=token, **headers)
    assert answer.status == 201, answer
    return answer.body["number"]


def my_complaints(port: int, token: str) -> list[str]:
    answer = Api(port).patiently("GET", "/complaints", token=token)
    assert answer.status == 200, answer
    return sorted(complaint["number"] for complaint in answer.body["items"])


def mains(tree: list[Seen]) -> list[str]:
    """Name what the supervisor itself keeps running."""
    words = {
        "postgres": "bin/postgres -D",
        "valkey": "valkey-server",
        "web": "mobile_api.server",
        "worker": "flask worker",
        "fcm": "flask fcm",
    }
    leaders = [seen.command for seen in tree if seen.session == seen.pid]
    return sorted(name for name, word in words.items() for command in leaders if word in command)


EVERYTHING = ["fcm", "postgres", "valkey", "web", "worker"]


def test_a_second_make_run_is_ready_in_seconds_with_the_data_kept(product: Product) -> None:
    token = sign_in_citizen(product, "13800000001")
    number = file_complaint(product.port, token)
    tree, port = product.tree(), product.port
    assert product.stop() == 0
    assert [seen for seen in tree if seen.runs()] == []

    product.start()
    ready_s = product.await_ready(within_s=START_WITHIN_S)

    print(f"the whole product, warm: ready after {ready_s:.1f} s")
    assert product.port == port
    assert number in my_complaints(port, token)
    assert mains(product.tree()) == EVERYTHING


def test_a_killed_web_worker_of_the_product_is_served_again_within_the_promise(product: Product) -> None:
    victim = next(iter(product.web_workers().values()))

    with watching(product.port) as watch:
        killed_s = time.monotonic()
        victim.kill()
        wait_until(
            lambda: len({answer.worker for answer in watch.after(killed_s)} - {victim.pid}) >= 2,
            within_s=60,
            what="a new worker",
        )
        silence_s = watch.longest_silence_s(killed_s)

    print(f"one web worker: back {watch.back_after_s(killed_s):.3f} s, longest silence {silence_s:.3f} s")
    assert watch.back_after_s(killed_s) < BOUND_S, f"promised {PROMISED_S} s"


def test_a_web_worker_that_breaks_leaves_where_it_was_in_the_log(product: Product) -> None:
    victim = next(iter(product.web_workers().values()))
    log = product.data_dir / "logs" / "web.log"

    os.kill(victim.pid, signal.SIGABRT)
    wait_until(lambda: not victim.runs(), within_s=30, what="its end")

    wait_until(lambda: "Fatal Python error: Aborted" in log.read_text(encoding="utf-8"), within_s=10, what="a trace")


def test_a_killed_database_is_back_and_consistent_under_the_same_web_workers(product: Product) -> None:
    token = sign_in_citizen(product, "13800000002")
    numbers = [file_complaint(product.port, token) for _ in range(3)]
    workers, victim = product.web_workers(), product.postgres

    killed_s = time.monotonic()
    victim.kill()
    wait_until(lambda: not victim.runs(), within_s=30, what="the end of the killed database")
    wait_until_ready(product)
    back_s = time.monotonic() - killed_s
    numbers.append(file_complaint(product.port, token))

    print(f"database: ready again after {back_s:.2f} s")
    assert my_complaints(product.port, token) == sorted(numbers)
    assert product.web_workers().keys() == workers.keys()
    wait_until(lambda: mains(product.tree()) == EVERYTHING, within_s=30, what="everything")


def test_a_killed_valkey_is_back_and_nothing_is_refused_meanwhile(product: Product) -> None:
    token = sign_in_citizen(product, "13800000003")
    product.one("valkey-server").kill()

    answer = Api(product.port).call("GET", "/me", token=token)
    back_s = wait_until_ready(product)

    print(f"valkey: answers again after {back_s:.2f} s")
    assert answer.status == 200


def test_after_a_killed_supervisor_make_run_has_one_product_one_database_and_nothing_old(product: Product) -> None:
    token = sign_in_citizen(product, "13800000004")
    number, port, old = file_complaint(product.port, token), product.port, product.tree()
    with watching(port) as watch:
        wait_until(lambda: watch.answers, within_s=30, what="an answer")
        old_run = watch.answers[-1].run_id
        killed_s = time.monotonic()
        product.kill_supervisor()
        product.start()
        product.await_ready(within_s=START_WITHIN_S)
        ready_s = time.monotonic()
        wait_until(lambda: len(watch.after(ready_s)) > 20, within_s=30, what="answers")

    print(f"supervisor: {len(old)} processes; ready {ready_s - killed_s:.2f} s after the kill")
    assert [seen for seen in old if seen.runs()] == []
    assert old_run not in {answer.run_id for answer in watch.after(ready_s)}
    assert watch.most_servers == 1
    assert mains(product.tree()) == EVERYTHING
    assert product.members == product.family()
    assert product.port == port
    assert number in my_complaints(port, token)


def test_no_process_of_the_product_is_given_the_owners_password(product: Product) -> None:
    password = (product.data_dir / "postgres" / "secrets" / "owner.password").read_bytes().strip()

    given = {seen.command: environment_of(seen.pid) for seen in product.tree()}

    assert mains(product.tree()) == EVERYTHING
    assert [command for command, environment in given.items() if password in environment] == []


def test_make_dev_starts_the_web_again_when_a_file_changes_and_stops_whole(product: Product) -> None:
    product.stop()
    development = Product(product.home, module=PRODUCT, words=("dev",))
    development.start()
    development.await_ready(within_s=START_WITHIN_S)
    first = answering_worker(development.port)
    tree = development.tree()

    (PROJECT_DIR / "wsgi.py").touch()
    wait_until(
        lambda: (now := answering_worker(development.port)) is not None and now != first,
        within_s=60,
        what="a web process of its own",
    )
    tree += descendants(development.process.pid) if development.process else []
    code = development.stop(signal.SIGINT)

    assert READY in development.output
    assert code == 0
    assert [seen for seen in tree if seen.runs()] == []
