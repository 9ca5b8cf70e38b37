"""A load reaches every web worker within seconds, while requests run, and none of them meets an error."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from backend.infrastructure.embedded.data_dir import PROJECT_DIR
from tests.catalogue.loads import load, without
from tests.web_process import HOST, web_process

PATHS = ("/api/v1/catalogue/apps", "/api/v1/catalogue/services?app=A04&q=社保", "/api/v1/catalogue/apps/A04")
WITHIN_S = 60.0
CALLERS = 3


@dataclass(slots=True)
class Heard:
    """What callers were answered: the version by worker, and everything that was no success."""

    newest: dict[str, int] = field(default_factory=dict)
    refused: list[object] = field(default_factory=list)
    count: int = 0

    def note(self, answer: http.client.HTTPResponse, body: bytes) -> None:
        """Take down an answer."""
        self.count += 1
        if answer.status != 200:
            self.refused.append((answer.status, body[:200]))
            return
        worker, number = str(answer.headers["X-Worker-Pid"]), json.loads(body)["version"]["number"]
        self.newest[worker] = max(number, self.newest.get(worker, 0))


@pytest.fixture
def port(fresh_database_urls, environment, tmp_path) -> Iterator[int]:
    """A server of two workers over a small catalogue."""
    own = dict(environment) | {
        "DATABASE_URL": fresh_database_urls.serving,
        "BAITONG_TRAFFIC_LIMIT_PER_MINUTE": "100000000",
    }
    with web_process(own, tmp_path, workers=2) as number:
        yield number


def call_until(stopped: threading.Event, port: int, heard: Heard) -> None:
    """Call one path after the other, each over a connection of its own, so that both workers are met."""
    while not stopped.is_set():
        for path in PATHS:
            connection = http.client.HTTPConnection(HOST, port, timeout=20)
            try:
                connection.request("GET", path.replace("社保", "%E7%A4%BE%E4%BF%9D"))
                answer = connection.getresponse()
                heard.note(answer, answer.read())
            except OSError as error:
                heard.refused.append(error)
            finally:
                connection.close()


def await_versions(heard: list[Heard], number: int) -> float:
    """Wait until two workers have answered from a version; tell how long it took in seconds."""
    begun = time.monotonic()
    while time.monotonic() < begun + WITHIN_S:
        newest: dict[str, int] = {}
        for one in heard:
            for worker, seen in list(one.newest.items()):
                newest[worker] = max(seen, newest.get(worker, 0))
        if len(newest) == 2 and min(newest.values()) == number:
            return time.monotonic() - begun
        threading.Event().wait(0.05)
    raise AssertionError(f"not on version {number}: {[one.newest for one in heard]}")


def test_both_workers_take_a_load_while_requests_run_and_no_request_fails(port, own_owner, record_property):
    heard, stopped = [Heard() for _ in range(CALLERS)], threading.Event()
    callers = [threading.Thread(target=call_until, args=(stopped, port, one)) for one in heard]
    for caller in callers:
        caller.start()
    try:
        await_versions(heard, 1)
        load(own_owner, without("社会保障卡密码重置"))
        took_s = await_versions(heard, 2)
    finally:
        stopped.set()
        for caller in callers:
            caller.join()

    assert [one.refused for one in heard] == [[]] * CALLERS
    answered = sum(one.count for one in heard)
    record_property("figure", f"both workers on the new catalogue {took_s:.1f} s after its load, {answered} calls")


def test_a_web_worker_never_imports_the_dictionaries_of_readings():
    program = "import sys, mobile_api.app, mobile_api.composition; print('pypinyin' in sys.modules)"

    told = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(PROJECT_DIR), capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == "False"
