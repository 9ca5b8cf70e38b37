"""2,000 writes under kill -9 of web and worker, and a Valkey that is emptied, killed and hung: nothing is lost.

The judge reads the database by psycopg and the phones' own log; it imports nothing from the code it judges.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import Future
from pathlib import Path

import psycopg
import pytest
import redis
from dotenv import dotenv_values

from tests.faults.api import Answer, Api, register_phone, sign_in_citizen, sign_in_operator
from tests.faults.bursts import Bursts, Write
from tests.faults.kills import Kill, Killer, Point
from tests.faults.run_product import PRODUCT, Product, new_product, wait_until

WRITES, CITIZENS, BURST = 2_000, 25, 56
COUNTED_KILLS = 30
# Of 36 kills some come when their victim has nothing in hand: it goes on until enough have met a write.
MOST_KILLS = 54
VICTIMS = ("web worker", "web tier", "web worker", "worker", "web worker")
HALVES = {
    "a complaint without a case, a reporter or a first ledger entry": """
        SELECT count(*) FROM complaint c
        LEFT JOIN command_case k ON k.id = c.case_id
        LEFT JOIN case_reporter r ON r.number = c.number AND r.case_id = c.case_id AND r.person_id = c.person_id
        LEFT JOIN case_ledger l ON l.case_id = c.case_id AND l.seq = 1
        WHERE k.id IS NULL OR r.id IS NULL OR l.seq IS NULL""",
    "a case whose version is not the number of its ledger entries": """
        SELECT count(*) FROM command_case k
        WHERE k.version <> (SELECT count(*) FROM case_ledger l WHERE l.case_id = k.id)""",
    "a case without a complaint": """
        SELECT count(*) FROM command_case k WHERE NOT EXISTS (SELECT 1 FROM complaint c WHERE c.case_id = k.id)""",
    "a ledger entry without its event": """
        SELECT count(*) FROM case_ledger l WHERE NOT EXISTS (SELECT 1 FROM outbox_event e WHERE e.id = l.event_id)""",
    "an event without its ledger entry": """
        SELECT count(*) FROM outbox_event e WHERE NOT EXISTS (SELECT 1 FROM case_ledger l WHERE l.event_id = e.id)""",
    "a stored answer without what it tells of": """
        SELECT count(*) FROM idempotency_record i
        WHERE NOT EXISTS (SELECT 1 FROM complaint c WHERE c.number = i.receipt->>'number')
          AND NOT EXISTS (SELECT 1 FROM command_case k WHERE k.number = i.receipt->>'number')""",
}
# A message to a citizen has the number of their complaint, one to staff has none.
UNTOLD = """
    SELECT count(*) FROM outbox_event e
    WHERE (SELECT count(*) FROM notification n WHERE n.event_id = e.id AND n.number IS NOT NULL) <> 1"""
# Each filing to each acceptor of the owning centre, each acceptance to each dispatcher there but the one who accepted:
# once, and to nobody else.
STAFF_UNTOLD = """
    SELECT count(*) FROM (
        SELECT e.id AS event_id, b.person_id, true AS is_due
        FROM outbox_event e
        JOIN command_case k ON k.id = e.subject_id
        JOIN role_binding b ON b.centre_id = k.owner_centre_id AND b.unit_code IS NULL
            AND b.role = CASE e.name WHEN 'case.filed' THEN 'acceptor' ELSE 'dispatcher' END
            AND b.person_id::text IS DISTINCT FROM e.payload->>'mover_person_id'
    ) due
    FULL JOIN (
        SELECT event_id, person_id, count(*) AS copies FROM notification WHERE number IS NULL GROUP BY 1, 2
    ) told USING (event_id, person_id)
    WHERE is_due IS NULL OR copies IS DISTINCT FROM 1"""
STAFF_TOLD = "SELECT count(*) FROM notification WHERE number IS NULL"
# Every citizen has a phone, and no member of staff has one.
UNRUNG = """
    SELECT count(*) FROM notification n
    WHERE CASE WHEN n.number IS NULL
        THEN EXISTS (SELECT 1 FROM push_delivery d WHERE d.notification_id = n.id)
        ELSE (SELECT count(*) FROM push_delivery d WHERE d.notification_id = n.id AND d.status = 'sent') <> 1
    END"""


def counted(database: psycopg.Connection, question: str) -> int:
    """Return the one number that a question asks for."""
    row = database.execute(question).fetchone()
    assert row is not None
    return int(row[0])


def complaint_body(number: int) -> dict[str, object]:
    """Return a complaint of the generator: made up, and told from the others by its number."""
    return {
        "request_type": "QZ",
        "category": {"tree": "12345", "code": "H030402"},
        "title": f"路灯不亮 {number}",
        "description": f"第 {number} 号路灯晚上不亮，请尽快修复。",
        "division": "320682",
        "address": f"如城街道试验路 {number} 号",
        "identity_shown": "named",
    }


class Scene:
    """One product under fire: its people, its writes and its database."""

    def __init__(self, product: Product, chance: random.Random) -> None:
        self.product, self.chance = product, chance
        owner = dotenv_values(product.data_dir / "owner.env")["DATABASE_OWNER_URL"]
        assert owner is not None
        self.database = psycopg.connect(owner, autocommit=True)
        phones = [f"138{number:08d}" for number in range(CITIZENS)]
        self.citizens = [sign_in_citizen(product, phone) for phone in phones]
        for phone, token in zip(phones, self.citizens, strict=True):
            register_phone(product, token, phone)
        self.operator = sign_in_operator(product, "rugao.acceptor")
        self.bursts = Bursts(product.port)
        self.killer = Killer(product, self.database, self.bursts)
        self.filings: list[Write] = []
        self.moves: list[Write] = []

    def burst(self) -> list[Write]:
        """Return the next writes: four filings to each acceptance of a case that is known by now."""
        moved = {write.path for write in self.moves}
        known = [
            f"/cases/{answer.body['case_number']}/moves"
            for key, answer in list(self.bursts.acknowledged.items())
            if answer.status == 201 and "case_number" in (answer.body or {})
        ]
        fresh = [path for path in known if path not in moved][: BURST // 5]
        moves = [Write(str(uuid.uuid4()), path, {"action": "accept"}, self.operator, '"v1"') for path in fresh]
        begun = len(self.filings)
        filings = [
            Write(str(uuid.uuid4()), "/complaints", complaint_body(number), self.citizens[number % CITIZENS])
            for number in range(begun, begun + BURST - len(moves))
        ]
        self.filings += filings
        self.moves += moves
        mixed = [*filings, *moves]
        self.chance.shuffle(mixed)
        return mixed

    @property
    def sent(self) -> int:
        """Return how many logical writes have been begun."""
        return len(self.filings) + len(self.moves)


def trouble_valkey(product: Product) -> None:
    """Empty Valkey, kill it, and let the next one hang for two seconds."""
    url = dotenv_values(product.data_dir / "serve.env")["REDIS_URL"]
    assert url is not None
    with redis.Redis.from_url(url) as client:
        client.flushall()
    product.one("valkey-server").kill()
    wait_until(lambda: [s for s in product.tree() if "valkey-server" in s.command], within_s=20, what="Valkey again")
    hung = product.one("valkey-server")
    os.kill(hung.pid, signal.SIGSTOP)
    time.sleep(2)
    os.kill(hung.pid, signal.SIGCONT)


def answers_of(futures: list[Future[Answer]]) -> list[Answer]:
    """Wait for a burst."""
    return [future.result(timeout=120) for future in futures]


def under_fire(scene: Scene) -> list[Kill]:
    """Send all writes in bursts, and more until enough kills count, with one kill in each; return the kills."""
    kills: list[Kill] = []
    points, victims = itertools.cycle(Point), itertools.cycle(VICTIMS)
    trouble = threading.Thread(target=trouble_valkey, args=(scene.product,))
    while scene.sent < WRITES or (sum(kill.counts() for kill in kills) < COUNTED_KILLS and len(kills) < MOST_KILLS):
        futures = scene.bursts.send(scene.burst())
        # A burst is over soon: the aim begins while most of it is still to come.
        time.sleep(scene.chance.uniform(0.0, 0.08))
        shot = scene.killer.kill(next(victims), next(points))
        if trouble.ident is None and scene.sent > WRITES // 2:
            trouble.start()
        assert [answer for answer in answers_of(futures) if answer.status != 201] == []
        kills.append(scene.killer.judge(shot))
        Api(scene.product.port).patiently("GET", "/reference/request-types")
    trouble.join(60)
    return kills


def tell(kills: list[Kill], seed: int, bursts: Bursts) -> None:
    """Print what was done, so that a figure can be told and a run be repeated."""
    good = [kill for kill in kills if kill.counts()]
    print(f"\nseed {seed}: {len(kills)} kills, {len(good)} counted; {bursts.sendings} sendings")
    print("victims:", dict(Counter(kill.victim for kill in good)))
    print("writes in flight at a counted kill:", sorted(kill.in_flight for kill in good))
    print("kills that met a write before its commit:", sum(kill.before_commit > 0 for kill in good))
    print("kills with a commit under way:", sum(kill.commits_under_way > 0 for kill in good))
    print("kills that lost the answer of a committed write:", sum(kill.after_commit > 0 for kill in good))


def received_pushes(product: Product) -> list[str]:
    """Return the message ids that reached phones, in their order, duplicates and all."""
    lines = (product.data_dir / "fcm-received.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["data"]["message_id"] for line in lines]


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.timeout(900)
def test_of_two_thousand_writes_under_kill_9_none_is_lost_doubled_or_half_and_everyone_is_told():
    seed = int(os.environ.get("FAULT_SEED", random.SystemRandom().randrange(1_000_000)))
    quiet = {"BAITONG_TRAFFIC_LIMIT_PER_MINUTE": "1000000", "BAITONG_COMPLAINT_DAILY_QUOTA": "1000"}
    with new_product(module=PRODUCT, environment=quiet) as product:
        product.start()
        product.await_ready(within_s=120)
        scene = Scene(product, random.Random(seed))

        kills = under_fire(scene)

        tell(kills, seed, scene.bursts)
        good = [kill for kill in kills if kill.counts()]
        assert len(good) >= COUNTED_KILLS
        assert sum(kill.before_commit > 0 for kill in good) >= 3
        assert sum(kill.commits_under_way > 0 for kill in good) >= 3
        assert sum(kill.after_commit > 0 for kill in good) >= 3
        judge_writes(scene)
        judge_messages(scene)
        verify_ledger(product)
        scene.bursts.close()
        scene.database.close()


def judge_writes(scene: Scene) -> None:
    """Lost, doubled, half: each must be none."""
    told = {write.key: scene.bursts.acknowledged[write.key].body["number"] for write in scene.filings}
    stored = {row[0] for row in scene.database.execute("SELECT number FROM complaint")}
    moved = {row[0] for row in scene.database.execute("SELECT number FROM command_case WHERE state = 'accepted'")}
    asked = {write.path.split("/")[2] for write in scene.moves}

    lost = len(set(told.values()) - stored) + len(asked - moved)
    doubled = len(stored) - len(told) + len(told) - len(set(told.values()))
    doubled += counted(scene.database, "SELECT count(*) FROM case_ledger WHERE seq > 2")
    half = {name: counted(scene.database, question) for name, question in HALVES.items()}
    print(f"{scene.sent} writes acknowledged: lost {lost}, dup {doubled}, half {sum(half.values())}")
    assert (lost, doubled) == (0, 0)
    assert not any(half.values()), half
    assert len(moved) == len(asked)


def judge_messages(scene: Scene) -> None:
    """Every committed event reaches the inbox once and the phone at least once, each copy under its one id."""
    begun_s = time.monotonic()
    wait_until(lambda: counted(scene.database, UNTOLD) == 0, within_s=240, what="every event in an inbox")
    wait_until(lambda: counted(scene.database, STAFF_UNTOLD) == 0, within_s=60, what="every event in staff's inboxes")
    wait_until(lambda: counted(scene.database, UNRUNG) == 0, within_s=240, what="every message on a phone")

    received = received_pushes(scene.product)
    sent = {str(row[0]) for row in scene.database.execute("SELECT id FROM push_delivery")}
    stuck = counted(scene.database, "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('doing', 'failed')")
    events = counted(scene.database, "SELECT count(*) FROM outbox_event")
    staff = counted(scene.database, STAFF_TOLD)
    took_s = time.monotonic() - begun_s
    second = len(received) - len(set(received))
    print(f"events told {events}, messages to staff {staff}, pushes received {len(received)}, second copies {second}")
    print(f"all told {took_s:.1f} s after the last write, jobs stuck or failed {stuck}")
    assert staff >= len(scene.filings)
    assert set(received) == sent
    assert counted(scene.database, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'") == 0


def verify_ledger(product: Product) -> None:
    """The product's own verifier finds every chain whole."""
    root = Path(__file__).resolve().parents[2]
    verified = subprocess.run(
        [sys.executable, "-m", "flask", "ledger", "verify"],
        cwd=root,
        env=os.environ | {"BAITONG_DATA_DIR": str(product.data_dir)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    print(verified.stdout.strip())
    assert verified.returncode == 0, verified.stdout + verified.stderr
