"""Replaying the ledger gives what is stored, whatever way a case took (workflow 1.7, invariants 1, 2 and 6).

The reducer is ``tests/replay.py``: it reads entries and imports nothing of the product. Ways are drawn from a seed;
half of them are moves that are refused.
"""

from __future__ import annotations

import json
import random

import psycopg
import pytest

from mobile_api.worker_table import sweeps
from tests.callers import Callers
from tests.http.command_cast import CATKINS, STREET_LAMP, Cast
from tests.http.test_move_races import MOVES
from tests.replay import Cases, replayed, stored

CASES, STEPS = 12, 16
ENDED = {"closed", "rejected", "cancelled"}
HELD = {"todo", "signed", "done"}


@pytest.fixture
def cast(callers: Callers) -> Cast:
    """The people of 如皋市's command system."""
    return Cast(callers)


def ledger_of(database: psycopg.Connection) -> list[tuple[str, dict]]:
    """Return (case id, entry) of every case, each ledger in its order."""
    rows = database.execute("SELECT case_id::text, entry FROM case_ledger ORDER BY case_id, seq").fetchall()
    return [(case_id, json.loads(entry)) for case_id, entry in rows]


def wander(cast: Cast, clock, chance: random.Random, *, steps: int) -> None:
    """Lead new cases on ways of their own, with time passing and stages running out between."""
    filed = [
        cast.filed(category=chance.choice([STREET_LAMP, CATKINS]), request_type=chance.choice(["QZ", "ZX"]))
        for _ in range(CASES)
    ]
    sweep = sweeps(cast.callers.services)["stages"]
    for _ in range(steps):
        for complaint, number in filed:
            if chance.random() < 1 / 3:
                speak(cast, complaint)
            state = cast.of("acceptor").get(f"/cases/{number}").json["case"]["state"]
            fitting = [(action, role) for action, source, role, _ in MOVES if source == state]
            action, role = chance.choice(fitting or [(MOVES[0][0], MOVES[0][2])])
            if chance.random() < 1 / 8:
                action, _, role, _ = chance.choice(MOVES)
            assert cast.move(role, number, action).status_code in {201, 403, 404, 409}
        clock.advance(seconds=chance.choice([60, 3_600, 9 * 3_600]))
        cast.hired.clear()  # an access token lives ten minutes
        if chance.random() < 1 / 3:
            sweep()


def speak(cast: Cast, number: str) -> None:
    """Let a reporter urge and rate, whether it is taken or not."""
    reporter = cast.callers.again(cast.reporter(number))
    urged = reporter.post(f"/complaints/{number}/urges", {"text": "请快些。"})
    rated = reporter.post(f"/complaints/{number}/ratings", {"is_solved": False, "stars": 2, "comment": "还没好。"})
    assert {urged.status_code, rated.status_code} <= {201, 409}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_the_ledger_of_any_way_replays_to_what_is_stored(cast, clock, database_urls, seed):
    wander(cast, clock, random.Random(seed), steps=STEPS)

    with psycopg.connect(database_urls.owner) as database:
        entries = ledger_of(database)
        kept = stored(database)

    assert replayed(entries) == kept
    # Ways that go nowhere would prove nothing.
    assert len({entry["transition"] for _, entry in entries}) >= 15
    assert any(case["round"] > 1 for case in kept.values())
    assert {"U01", "R01"} <= {entry["transition"] for _, entry in entries}
    no_way_out_but_another_round(entries)
    one_main_task_from_dispatch_to_callback(kept)


def no_way_out_but_another_round(entries: list[tuple[str, dict]]) -> None:
    """Invariant 2: of the ended states only T28 leads out, and only of closed."""
    left = {
        (entry["from"], entry["transition"])
        for _, entry in entries
        if entry["from"] in ENDED and entry["to"] != entry["from"]
    }

    assert left <= {("closed", "T28")}


def one_main_task_from_dispatch_to_callback(cases: Cases) -> None:
    """Invariant 6: exactly one main task is held from dispatch until the callback, none before and none after."""
    for case in cases.values():
        held = [task for task in case["tasks"].values() if task["kind"] == "lead" and task["status"] in HELD]
        expected = case["state"] in {"dispatched", "handling", "feedback", "verifying"}
        assert len(held) == expected, (case["number"], case["state"], held)
