"""A backup made while people write, and restored into another installation: every entry of the ledger is compared.

The reader that compares imports nothing from the code it judges.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from dotenv import dotenv_values

from backend.infrastructure.embedded.data_dir import PROJECT_DIR
from tests.faults.api import Api, register_phone, sign_in_citizen, sign_in_operator
from tests.faults.load import Client, Load, Request
from tests.faults.run_product import PRODUCT, Product, new_product, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow]
PHONES = ["13700000001", "13700000002", "13700000003"]
# Everything else of the old installation is gone.
KEPT_APART = ("BAITONG_PERSONAL_DATA_KEYS", "BAITONG_PERSONAL_DATA_KEY_ID", "BAITONG_BLIND_INDEX_KEY")
QUIET = {"BAITONG_TRAFFIC_LIMIT_PER_MINUTE": "1000000", "BAITONG_COMPLAINT_DAILY_QUOTA": "100000"}
Ledger = dict[tuple[str, int], str]


def filing(token: str) -> Request:
    """Return a complaint with a key of its own."""
    body = {
        "request_type": "QZ",
        "category": {"tree": "12345", "code": "H030402"},
        "title": "路灯不亮",
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
    return Request(method="POST", path="/api/v1/complaints", body=json.dumps(body).encode(), headers=headers)


def filings(token: str) -> Iterator[Request]:
    while True:
        yield filing(token)


def connect(product: Product) -> psycopg.Connection:
    """Read the product's database as its owner."""
    owner = dotenv_values(product.data_dir / "owner.env")["DATABASE_OWNER_URL"]
    assert owner is not None
    return psycopg.connect(owner, autocommit=True)


def ledger_of(product: Product) -> Ledger:
    """Return every entry: of which case, which number, and its hash."""
    with connect(product) as database:
        rows = database.execute("SELECT case_id::text, seq, encode(hash, 'hex') FROM case_ledger").fetchall()
    return {(case, seq): digest for case, seq, digest in rows}


def numbers_of(product: Product) -> set[str]:
    """Return every number that people were told."""
    with connect(product) as database:
        return {
            row[0] for row in database.execute("SELECT number FROM complaint UNION SELECT number FROM command_case")
        }


def counted(product: Product, question: str) -> int:
    with connect(product) as database:
        row = database.execute(question).fetchone()
    assert row is not None
    return int(row[0])


def command(data_dir: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the project on an installation."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BAITONG_")}
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=PROJECT_DIR,
        env=environment | {"BAITONG_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def restore(product: Product, backup: Path) -> subprocess.CompletedProcess[str]:
    """Bring a backup into an installation that does not run, as ``make restore`` does."""
    words = ("with-database", "--", sys.executable, "-m", "flask", "restore", str(backup))
    return command(product.data_dir, PRODUCT, *words)


def a_day_of_work(product: Product, tokens: list[str]) -> None:
    """File cases, and accept some of them."""
    operator, api = sign_in_operator(product, "rugao.acceptor"), Api(product.port)
    client = Client(product.port)
    for number in range(45):
        told = json.loads(client.ask(filing(tokens[number % len(tokens)])).body)
        if number % 3 == 0:
            move = {"Idempotency_Key": str(uuid.uuid4()), "If_Match": '"v1"'}
            moved = api.call(
                "POST", f"/cases/{told['case_number']}/moves", {"action": "accept"}, token=operator, **move
            )
            assert moved.status == 201, moved


def backed_up(product: Product, tokens: list[str], target: Path) -> Path:
    """Make a backup while three people go on filing, and nobody of them is refused."""
    people = [(Client(product.port, keep_alive=True), filings(token)) for token in tokens]
    with Load(people, pause_s=0.02) as load:
        wait_until(lambda: len(load.outcomes) > 5, within_s=30, what="filings")
        before = len(load.outcomes)
        begun_s = time.monotonic()
        made = command(product.data_dir, "flask", "backup", "--to", str(target))
        took_s = time.monotonic() - begun_s
        meanwhile = len(load.outcomes) - before
        wait_until(lambda: len(load.outcomes) > before + meanwhile + 5, within_s=30, what="filings")
    assert made.returncode == 0, made.stderr
    assert {outcome.status for outcome in load.outcomes} == {201}
    assert meanwhile > 0
    print(f"\nbackup in {took_s:.1f} s, {meanwhile} filings meanwhile")
    return Path(made.stdout.strip())


def judge_files(backup: Path, product: Product) -> None:
    """Nobody else may read it, nothing half stands beside it, and no key is in it."""
    assert [entry.name for entry in backup.parent.iterdir()] == [backup.name]
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in backup.iterdir()} == {0o600}
    kept = dotenv_values(product.data_dir / "serve.env")
    for file in backup.iterdir():
        held = file.read_bytes()
        for name in KEPT_APART[::2]:
            assert str(kept[name]).rpartition(":")[2].encode() not in held


def judge_refusals(backup: Path, new: Product, spare: Path) -> None:
    """A backup that was touched, and a database that is used, are refused."""
    shutil.copytree(backup, spare)
    dump = bytearray((spare / "database.dump").read_bytes())
    dump[len(dump) // 2] ^= 1
    (spare / "database.dump").write_bytes(bytes(dump))

    touched = command(
        new.data_dir, PRODUCT, "with-database", "--", sys.executable, "-m", "flask", "restore", str(spare)
    )
    again = command(new.data_dir, PRODUCT, "with-database", "--", sys.executable, "-m", "flask", "restore", str(backup))

    assert touched.returncode != 0
    assert "不完整或被改动" in touched.stderr
    assert again.returncode != 0
    assert "不是空的" in again.stderr


def judge_new_life(new: Product, old_numbers: set[str]) -> None:
    """The restored product serves: people sign in, find their complaints, and file others under new numbers."""
    token = sign_in_citizen(new, PHONES[0])
    mine = Api(new.port).call("GET", "/complaints", token=token)
    known = [item["number"] for item in mine.body["items"]]
    detail = Api(new.port).call("GET", f"/complaints/{known[-1]}", token=token)
    fresh = [json.loads(Client(new.port).ask(filing(token)).body) for _ in range(3)]

    assert set(known) <= old_numbers
    assert "路灯晚上不亮，请尽快修复。" in json.dumps(detail.body, ensure_ascii=False)
    assert not {number for one in fresh for number in (one["number"], one["case_number"])} & old_numbers


def judge_messages(new: Product) -> None:
    """What waited in the queue is done once; what was pushed already keeps its id."""
    unfinished = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND queueing_lock IS NULL"
    wait_until(lambda: counted(new, unfinished) == 0, within_s=120, what="an empty queue")
    twice = "SELECT count(*) FROM (SELECT event_id, person_id FROM notification GROUP BY 1, 2 HAVING count(*) > 1) d"
    untold = (
        "SELECT count(*) FROM outbox_event e WHERE NOT EXISTS (SELECT 1 FROM notification n WHERE n.event_id = e.id)"
    )
    unsent = "SELECT count(*) FROM push_delivery WHERE status <> 'sent'"
    assert (counted(new, twice), counted(new, untold), counted(new, unsent)) == (0, 0, 0)


def judge_one_beside(new: Product, backup: Path, restored: Ledger) -> None:
    """Beside the database that serves, a new one takes the backup, and the serving role may read it."""
    done = command(new.data_dir, "flask", "restore", str(backup), "--into", "beside")
    again = command(new.data_dir, "flask", "restore", str(backup), "--into", "beside")
    serving = str(dotenv_values(new.data_dir / "serve.env")["DATABASE_URL"]).replace("/baitong?", "/beside?")

    with psycopg.connect(serving) as database:
        rows = database.execute("SELECT case_id::text, seq, encode(hash, 'hex') FROM case_ledger").fetchall()

    assert done.returncode == 0, done.stderr
    assert {(case, seq): digest for case, seq, digest in rows} == restored
    assert again.returncode != 0
    assert "已经存在" in again.stderr


@pytest.mark.timeout(600)
def test_a_restored_installation_has_every_entry_from_before_the_backup_and_serves(tmp_path: Path) -> None:
    with new_product(module=PRODUCT, environment=QUIET) as old, new_product(module=PRODUCT, environment=QUIET) as new:
        old.start()
        old.await_ready(within_s=180)
        tokens = [sign_in_citizen(old, phone) for phone in PHONES]
        for phone, token in zip(PHONES, tokens, strict=True):
            register_phone(old, token, phone)
        a_day_of_work(old, tokens)
        before = ledger_of(old)
        backup = backed_up(old, tokens, tmp_path / "backups")
        at_the_end, old_numbers = ledger_of(old), numbers_of(old)
        # As if another three thousand had been filed: their numbers were told to people.
        serial = counted(old, "SELECT max(nextval('complaint_serial')) FROM generate_series(1, 30)")
        judge_files(backup, old)
        refused = command(old.data_dir, "flask", "backup", "--to", str(PROJECT_DIR / "backups"))
        assert (refused.returncode, (PROJECT_DIR / "backups").exists()) == (1, False)
        keys = dotenv_values(old.data_dir / "serve.env")
        old.stop()

        new.data_dir.mkdir(mode=0o711)
        (new.data_dir / "serve.env").write_text("".join(f"{name}='{keys[name]}'\n" for name in KEPT_APART))
        begun_s = time.monotonic()
        done = restore(new, backup)
        took_s = time.monotonic() - begun_s
        assert done.returncode == 0, done.stderr
        judge_refusals(backup, new, tmp_path / "spare")
        new.start()
        new.await_ready(within_s=180)

        restored = ledger_of(new)
        lost = before.keys() - restored.keys()
        print(
            f"restore in {took_s:.1f} s: {len(before)} entries before the backup began, {len(restored)} restored, ",
            end="",
        )
        print(f"{len(at_the_end)} at the end; lost of those before: {len(lost)}")
        assert {entry: restored.get(entry) for entry in before} == before
        assert restored == {entry: at_the_end.get(entry) for entry in restored}
        judge_one_beside(new, backup, restored)
        judge_new_life(new, old_numbers)
        assert counted(new, "SELECT last_value FROM complaint_serial") > serial
        judge_messages(new)
        verified = command(new.data_dir, "flask", "ledger", "verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr
