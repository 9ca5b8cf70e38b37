"""Whatever is sent and however it fails, no marker of a person reaches a log, a figure, a job, a push or a URL (S39).

The web and the worker are real processes that log at DEBUG; what they write is read from their pipes.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import subprocess
import sys
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from backend.infrastructure.embedded.first_secrets import make_secrets
from backend.infrastructure.embedded.ports import any_free_port
from backend.infrastructure.fakes.fcm import LoopbackFcm
from backend.infrastructure.settings import load_settings
from mobile_api.composition import open_services
from tests.callers import Callers
from tests.complaint_bodies import RUGAO, complaint
from tests.leaks.failures import WAYS
from tests.leaks.markers import found_in, markers, payloads

PROJECT = Path(__file__).parents[2]
SEED = 20_261_125
PATIENCE_S = 60.0
HEADERS = ("User-Agent", "Referer", "Cookie", "X-Request-Id", "X-Forwarded-For", "Accept-Language", "X-Anything")


@dataclass
class Web:
    """The web process, and what it answered with."""

    port: int
    heads: list[str]

    def ask(self, method: str, path: str, raw: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """Send bytes as they are; keep the headers of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in ({"Content-Length": str(len(raw))} | headers).items():
            connection.putheader(name.replace("_", "-"), value.encode())
        connection.endheaders(raw)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        self.heads.append(f"{answer.getheaders()}")
        return answer.status, body


@pytest.fixture
def fcm(tmp_path: Path) -> Iterator[LoopbackFcm]:
    """The phones' end of every push."""
    with LoopbackFcm(credentials_file=tmp_path / "credentials.json") as fcm:
        yield fcm


@pytest.fixture
def process_settings(database_urls, valkey_url, tmp_path, fcm) -> dict[str, str]:
    """The settings of both processes; their FCM is on this machine."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("BAITONG_", "DATABASE_"))}
    return ours | make_secrets() | {
        "BAITONG_ENVIRONMENT": "test",
        "BAITONG_LOG_LEVEL": "DEBUG",
        "BAITONG_DATA_DIR": str(tmp_path),
        "BAITONG_SMS_MAILBOX": str(tmp_path / "mailbox"),
        "BAITONG_TRAFFIC_LIMIT_PER_MINUTE": "100000",
        "BAITONG_FCM_CREDENTIALS_FILE": str(tmp_path / "credentials.json"),
        "BAITONG_FCM_BASE_URL": fcm.base_url,
        "DATABASE_URL": database_urls.serving,
        "REDIS_URL": valkey_url,
    }  # fmt: skip


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    """Where both processes write, standard output and standard error alike."""
    return tmp_path / "log"


@pytest.fixture
def web(process_settings: dict[str, str], log_file: Path) -> Iterator[Web]:
    """The web process, answering."""
    web = Web(any_free_port(), [])
    command = (
        *(sys.executable, "-m", "granian", "--interface", "rsgi", "--host", "127.0.0.1", "--port", str(web.port)),
        *("--workers", "1", "--loop", "asyncio", "--http", "1", "--no-ws", "tests.leaks.web:edge"),
    )
    with log_file.open("ab") as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=process_settings, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not _answers(web):
            assert time.monotonic() < deadline, log_file.read_text(encoding="utf-8")
            time.sleep(0.05)
        yield web
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _answers(web: Web) -> bool:
    try:
        return web.ask("GET", "/livez")[0] == 200
    except OSError:
        return False


@pytest.fixture
def callers_of_the_web(process_settings: dict[str, str], client) -> Iterator[Callers]:
    """People whose tokens the web process knows: they are made with its keys."""
    services = open_services(load_settings(process_settings))
    yield Callers(client, services)
    services.database.dispose()
    services.redis.close()


def test_none_of_sixty_markers_is_found_where_it_must_not_be(web, process_settings, callers_of_the_web, log_file, fcm):
    wanted, callers = markers(SEED), callers_of_the_web
    citizen, acceptor = callers.citizen(), callers.operator(("acceptor", RUGAO))
    wanted.append(str(citizen.phone)[3:])

    act(web, str(citizen.token), str(acceptor.token), wanted)
    work(process_settings, log_file)
    send_everywhere(web, [None, str(citizen.token), str(acceptor.token)], wanted)
    figures = web.ask("GET", "/metrics")[1].decode()
    work(process_settings, log_file)

    assert "answered" in log_file.read_text(encoding="utf-8")
    assert "errors" in log_file.read_text(encoding="utf-8")
    assert found_in(figures, wanted) == []
    assert found_in("\n".join(web.heads), wanted) == []
    for name, rows in kept(process_settings["DATABASE_URL"]).items():
        assert found_in(rows, wanted) == [], name
    assert len(fcm.received) >= 10
    # The address is how the provider is told which phone to ring; what is shown there is the rest.
    assert found_in(str([(push.title, push.body, push.data) for push in fcm.received]), wanted) == []
    lines = [line for line in log_file.read_text(encoding="utf-8").splitlines() if found_in(line, wanted)]
    assert lines == []


def act(web: Web, citizen: str, acceptor: str, wanted: list[str]) -> None:
    """Do what people do, each text a marker: register a phone, file, be answered."""
    texts = iter(wanted)
    signed, desk = {"Authorization": f"Bearer {citizen}"}, {"Authorization": f"Bearer {acceptor}"}
    # The fourth of each six is digits alone, as an address must be of ASCII.
    address = {"kind": "fcm_fid", "value": wanted[3]}
    body = {"platform": "ios", "app_version": next(texts)[:32], "address": address}
    assert post(web, "/api/v1/devices/phone-of-a-test", body, method="PUT", **signed)[0] == 200
    for _ in range(10):
        filed = complaint(
            category={"tree": "12345", "code": "H030402"}, title=next(texts), description=next(texts),
            address=next(texts),
        )  # fmt: skip
        status, raw = post(web, "/api/v1/complaints", filed, **signed)
        assert status == 201, raw
        receipt = json.loads(raw)
        answer = {"action": "answer_directly", "answer": next(texts) + "字" * 20, "note": next(texts)}
        moves = f"/api/v1/cases/{receipt['case_number']}/moves"
        assert post(web, moves, answer | {"ground": "没有"}, If_Match='"v1"', **desk)[0] == 422
        assert post(web, moves, answer, If_Match='"v1"', **desk)[0] in {201, 422}
        web.ask("GET", f"/api/v1/cases/{receipt['case_number']}", **desk)
        reveal = {"fields": ["address", "description", "reporter_phone"], "reason": "核实" + wanted[0]}
        assert post(web, f"/api/v1/cases/{receipt['case_number']}/reveals", reveal, **desk)[0] == 200
    assert post(web, "/api/v1/me/data-requests", {"kind": "export"}, **signed)[0] == 201


def post(web: Web, path: str, body: Any, *, method: str = "POST", **headers: str) -> tuple[int, bytes]:
    """Send JSON under a fresh key."""
    common = {"Content_Type": "application/json", "Idempotency_Key": str(uuid.uuid4())}
    return web.ask(method, path, json.dumps(body).encode(), **(common | headers))


def send_everywhere(web: Web, tokens: list[str | None], wanted: list[str]) -> None:
    """Send markers to every operation of the API in its path, query, headers and body; and to what fails."""
    dice = random.Random(SEED)
    bodies = payloads(wanted, SEED)
    document = json.loads(web.ask("GET", "/openapi.json")[1])
    # Signing out comes last: what follows it would be refused at the door.
    for path, operations in sorted(document["paths"].items(), key=lambda item: "/sessions/current" in item[0]):
        for method in sorted(operations.keys() & {"get", "post", "put", "patch", "delete"}):
            for token in tokens:
                place = "/".join(
                    urllib.parse.quote(dice.choice(wanted), safe="") if part.startswith("{") else part
                    for part in path.split("/")
                )
                query = urllib.parse.urlencode(
                    {name: dice.choice(wanted) for name in ("cursor", "limit", "phone", "q")}
                )
                headers = {name.replace("-", "_"): dice.choice(wanted) for name in HEADERS}
                headers |= {"Content_Type": "application/json", "Idempotency_Key": dice.choice(wanted)}
                headers |= {"Authorization": f"Bearer {token or dice.choice(wanted)}", "If_Match": dice.choice(wanted)}
                web.ask(method.upper(), f"{place}?{query}", json.dumps(dice.choice(bodies)).encode(), **headers)
    for way in WAYS:
        for marker in dice.sample(wanted, 5):
            status, body = web.ask("POST", f"/fails/{way}?q={urllib.parse.quote(marker)}", marker.encode())
            assert status in {200, 400, 500, 503}, (way, body)
            assert found_in(body.decode(), wanted) == [], way
    for marker in wanted:
        quoted = urllib.parse.quote(marker, safe="")
        web.ask("GET", f"/nowhere/{quoted}?x={quoted}")
        web.ask("GET", f"//api/v1//me/{quoted}")
        web.ask("".join(letter for letter in marker if letter.isascii() and letter.isalnum()), "/api/v1/me")
        web.ask("POST", "/api/v1/me", marker.encode(), Content_Type=f"text/{quoted}")


def work(process_settings: dict[str, str], log_file: Path) -> None:
    """Let a worker do every job, some of them in vain, and let it end."""
    with log_file.open("ab") as log:
        subprocess.run(
            [sys.executable, "-m", "tests.leaks.worker"],
            cwd=PROJECT, env=process_settings, stdout=log, stderr=log, check=True, timeout=PATIENCE_S,
        )  # fmt: skip


def kept(url: str) -> dict[str, str]:
    """Return every row of the tables in which no text of a person has a place."""
    tables = ("procrastinate_jobs", "procrastinate_events", "outbox_event", "notification", "case_ledger")
    with psycopg.connect(url) as connection:
        return {table: "\n".join(map(str, connection.execute(f"SELECT * FROM {table}").fetchall())) for table in tables}
