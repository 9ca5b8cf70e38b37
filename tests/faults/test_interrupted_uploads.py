"""200 uploads, most cut off at a random byte, and web workers killed at random moments: nothing is orphaned or lost.

The judge compares the folder of the objects with the rows by psycopg; it imports nothing from the code it judges.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import os
import random
import socket
import struct
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from dotenv import dotenv_values
from PIL import Image

from backend.infrastructure.embedded.readiness import answering_worker
from tests.faults.api import sign_in_citizen
from tests.faults.processes import see
from tests.faults.run_product import PRODUCT, Product, new_product, wait_until
from tests.photos import encoded, form, form_type

UPLOADS, CITIZENS, CLIENTS = 200, 8, 4
CHILD = "backend.evidence.developing"
ANSWER_S = 20.0


@dataclass
class Seen:
    """What the clients saw."""

    answered: dict[str, dict] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)
    cut: int = 0
    broken: list[Upload] = field(default_factory=list)


@dataclass(frozen=True)
class Upload:
    """One upload, and how much of it is sent before the connection is reset; None for all of it."""

    token: str
    key: str
    body: bytes
    cut_at: int | None
    leaves_after_s: float | None

    @property
    def head(self) -> bytes:
        """The request line and the headers."""
        lines = [
            "POST /api/v1/evidence HTTP/1.1",
            "Host: 127.0.0.1",
            f"Authorization: Bearer {self.token}",
            f"Idempotency-Key: {self.key}",
            f"Content-Type: {form_type()}",
            f"Content-Length: {len(self.body)}",
            "Connection: close",
        ]
        return "\r\n".join([*lines, "", ""]).encode()


def connected(port: int) -> socket.socket:
    """Connect, however long the web needs to come back."""
    deadline_s = time.monotonic() + 60
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=ANSWER_S)
        except (ConnectionRefusedError, ConnectionResetError):  # nobody listens, or who did was killed just now
            assert time.monotonic() < deadline_s, "the web never came back"
            time.sleep(0.05)


def sent(port: int, upload: Upload, seen: Seen) -> None:
    """Send it as far as it is to come, and reset the connection, or wait for the answer."""
    wire = upload.head + upload.body
    with connected(port) as connection:
        # A reset, not a farewell: as a phone that lost its network.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        try:
            connection.sendall(wire if upload.cut_at is None else wire[: upload.cut_at])
            if upload.cut_at is not None:
                seen.cut += 1
                return
            if upload.leaves_after_s is not None:
                time.sleep(upload.leaves_after_s)  # while the photo is being worked on
                seen.cut += 1
                return
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            told = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            if upload.cut_at is None and upload.leaves_after_s is None:
                seen.broken.append(upload)
            else:
                seen.cut += 1  # by the kill, before it could cut itself off
            return
    if answer.status == 201:
        seen.answered[upload.key] = told
    else:
        seen.refused.append(answer.status)


def uploads(tokens: list[str], chance: random.Random) -> list[Upload]:
    """Return the uploads: three of five are cut off somewhere, one of five leaves while it is worked on."""
    photos = [encoded(Image.effect_noise((600, 400), 40 + number).convert("RGB")) for number in range(5)]
    made = []
    for number in range(UPLOADS):
        body = form(photos[number % len(photos)])
        part = number % 5
        made.append(
            Upload(
                token=tokens[number % len(tokens)],
                key=str(uuid.uuid4()),
                body=body,
                cut_at=chance.randrange(20, len(body)) if part < 3 else None,
                leaves_after_s=chance.uniform(0.0, 0.4) if part == 3 else None,
            )
        )
    return made


def kill_workers(product: Product, over: threading.Event, chance: random.Random, killed: list[int]) -> None:
    """Kill -9 a web worker again and again: one that has just answered, so that the web comes back between two kills.

    Two deaths in a row end the whole server; the supervisor starts another.
    """
    while not over.wait(chance.uniform(0.8, 2.0)):
        answer = answering_worker(product.port)
        worker = see(answer[1]) if answer else None
        if worker is not None:
            worker.kill()
            killed.append(worker.pid)


def send_again(product: Product, seen: Seen) -> int:
    """Send what a kill broke once more, under its key, until each is acknowledged; return how many there were."""
    broken, seen.broken = seen.broken, []
    for upload in broken:
        deadline_s = time.monotonic() + 60
        while upload.key not in seen.answered:
            sent(product.port, upload, seen)
            assert time.monotonic() < deadline_s, seen.refused
    return len(broken)


def decoding(product: Product) -> bool:
    """Tell whether any photo is being decoded."""
    return any(CHILD in seen.command for seen in product.tree())


def sweep(product: Product) -> str:
    """Run the product's own sweep over everything, however young: nothing is in hand any more."""
    swept = subprocess.run(
        [sys.executable, "-m", "flask", "evidence", "sweep", "--older-than-minutes", "0"],
        cwd=Path(__file__).resolve().parents[2],
        env=os.environ | {"BAITONG_DATA_DIR": str(product.data_dir)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert swept.returncode == 0, swept.stdout + swept.stderr
    return swept.stdout.strip()


def orphans(product: Product, database: psycopg.Connection) -> tuple[set[str], set[str]]:
    """Return files without a row, and keys of rows without a file."""
    root = product.data_dir / "objects"
    files = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    rows = database.execute("SELECT full_key, thumbnail_key FROM evidence WHERE full_key IS NOT NULL").fetchall()
    named = {key for row in rows for key in row}
    return files - named, named - files


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.timeout(300)
def test_of_two_hundred_interrupted_uploads_none_leaves_an_orphan_and_none_that_was_acknowledged_is_lost():
    seed = int(os.environ.get("FAULT_SEED", random.SystemRandom().randrange(1_000_000)))
    chance = random.Random(seed)
    quiet = {"BAITONG_TRAFFIC_LIMIT_PER_MINUTE": "1000000", "BAITONG_EVIDENCE_DAILY_QUOTA": "1000"}
    with new_product(module=PRODUCT, environment=quiet) as product:
        product.start()
        product.await_ready(within_s=120)
        owner = dotenv_values(product.data_dir / "owner.env")["DATABASE_OWNER_URL"]
        assert owner is not None
        tokens = [sign_in_citizen(product, f"136{number:08d}") for number in range(CITIZENS)]
        seen, killed, over = Seen(), [], threading.Event()
        killer = threading.Thread(target=kill_workers, args=(product, over, chance, killed))

        killer.start()
        try:
            with ThreadPoolExecutor(CLIENTS) as clients:
                list(clients.map(lambda one: sent(product.port, one, seen), uploads(tokens, chance)))
        finally:
            over.set()
            killer.join()

        wait_until(lambda: not decoding(product), within_s=30, what="the end of every child that decodes")
        product.web_workers(within_s=60)
        broken = send_again(product, seen)
        with psycopg.connect(owner, autocommit=True) as database:
            in_hand = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'baitong' AND state <> 'idle'"
            wait_until(lambda: database.execute(in_hand).fetchone() == (0,), within_s=30, what="quiet")
            before = [len(kind) for kind in orphans(product, database)]
            told = sweep(product)
            files, rows = orphans(product, database)
            judge(product, database, seen)
        print(f"\nseed {seed}: {seen.cut} cut off, {broken} broken, {len(killed)} workers killed, {UPLOADS} in all")
        print(f"acknowledged {len(seen.answered)}, refused {sorted(seen.refused)}; before the sweep {before}; {told}")
        print(f"orphans after the sweep: files {len(files)}, rows {len(rows)}")
        assert (files, rows) == (set(), set())
        assert seen.cut >= UPLOADS // 2
        assert len(killed) >= 3
        assert broken >= 1
        assert len(seen.answered) >= 10


def judge(product: Product, database: psycopg.Connection, seen: Seen) -> None:
    """Each acknowledged photo is there, whole, and once."""
    for told in seen.answered.values():
        row = database.execute("SELECT state, sha256, full_key FROM evidence WHERE id = %s", (told["id"],)).fetchone()
        assert row is not None, told
        content = (product.data_dir / "objects" / row[2]).read_bytes()
        assert (row[0], bytes(row[1])) == ("ready", hashlib.sha256(content).digest())
        assert Image.open(io.BytesIO(content)).size == (600, 400)
    ids = {told["id"] for told in seen.answered.values()}
    assert len(ids) == len(seen.answered), "two keys, two photos"
    states = {row[0] for row in database.execute("SELECT DISTINCT state FROM evidence")}
    assert states <= {"ready"}
