"""A web server of its own process, started as ``make run`` starts it, over the database of a test."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from backend.infrastructure.embedded.data_dir import PROJECT_DIR, DataDir
from backend.infrastructure.embedded.plan import product_plan

HOST = "127.0.0.1"
# The header by which ``tests.telling_web`` tells that a call reached its view.
REACHED = "X-Test-Reached"
_READY_WITHIN_S = 90.0
_POLL_S = 0.05


@contextmanager
def web_process(
    environment: Mapping[str, str], home: Path, *, app: str = "wsgi:edge", workers: int = 1
) -> Iterator[int]:
    """Start granian with the product's own options, and give its port. ``app`` replaces the product's.

    Whatever the machine has set does not reach it; it may use the certificate-free loopback alone.
    """
    with socket.create_server((HOST, 0)) as probe:
        port = int(probe.getsockname()[1])
    plan = product_plan(DataDir(home), port, fcm_port=0)
    web = next(child for child in plan.children if child.name == "web")
    command = [{"wsgi:edge": app}.get(word, word) for word in web.command]
    if app != "wsgi:edge":
        # It changes what the application is made of before that is imported: granian may not have done so already.
        command[command.index("mobile_api.server")] = "granian"
    command[command.index("--workers") + 1] = str(workers)
    (home / "metrics").mkdir(parents=True)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("BAITONG_", "DATABASE_"))}
    with (home / "web.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=PROJECT_DIR,
            env=inherited | dict(web.environment) | {"BAITONG_DATA_DIR": str(home)} | dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _await_answer(port, process, home / "web.log")
        yield port
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _await_answer(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline_s = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline_s and process.poll() is None:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/livez")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(_POLL_S)
        finally:
            connection.close()
    raise AssertionError(f"no web server: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
