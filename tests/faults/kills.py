"""Kills with a write in flight, aimed before, in or after its commit as PostgreSQL itself shows it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum

import psycopg

from tests.faults.bursts import Bursts
from tests.faults.processes import Seen, descendants
from tests.faults.run_product import Product, wait_until

AIM_FOR_S = 0.6
# The workers are forked from the main process and show its command (ADR 0039).
_WEB = "mobile_api.server"
# A filing is one statement, its commit the end of it: then it waits for the log to reach the disk.
_FILING = "query LIKE '%%key_lock%%'"
_OURS = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'baitong%%'"
_BEFORE_COMMIT = f"""{_OURS} AND (
    xact_start IS NOT NULL AND query NOT ILIKE 'commit%%' AND NOT {_FILING}
        AND query ILIKE ANY(ARRAY['insert%%', '%%into case_ledger%%'])
    OR state = 'active' AND {_FILING} AND wait_event IS DISTINCT FROM 'WalSync')"""
_COMMITTING = f"""{_OURS} AND state = 'active' AND (
    query ILIKE 'commit%%' OR {_FILING} AND wait_event = 'WalSync')"""


class Point(StrEnum):
    """Where in the life of a write the kill is aimed."""

    BEFORE = "before"
    IN = "in"
    AFTER = "after"


@dataclass(frozen=True)
class Kill:
    """A kill: its victim, and what became of the writes that were in flight."""

    victim: str
    aimed_at: Point
    in_flight: int
    before_commit: int
    commits_under_way: int
    after_commit: int
    broken: int

    def counts(self) -> bool:
        """A kill counts only when a write was in flight; for the web, only when it broke one."""
        return self.broken > 0 if self.victim.startswith("web") else self.in_flight > 0


@dataclass(frozen=True)
class Shot:
    """What was seen at the moment of a kill."""

    victim: str
    point: Point
    in_flight: frozenset[str]
    commits_under_way: int
    committed: frozenset[str]
    moment_s: float


class Killer:
    """Watches the database, and kills when the moment has come."""

    def __init__(self, product: Product, database: psycopg.Connection, bursts: Bursts) -> None:
        self._product = product
        self._database = database
        self._bursts = bursts
        self._turn = 0

    def kill(self, victim: str, point: Point) -> Shot:
        """Kill -9 when the moment has come, or at the end of the aim."""
        seen = self._victims(victim)
        deadline_s = time.monotonic() + AIM_FOR_S
        commits = 0
        while time.monotonic() < deadline_s:
            in_flight = self._bursts.in_flight()
            commits = self._commits_under_way()
            if in_flight and self._is_moment(point, in_flight, commits):
                break
        moment_s = time.monotonic()
        for process in seen:
            process.kill()
        in_flight = self._bursts.in_flight()
        # At once, before any client has had the time to send again.
        return Shot(victim, point, frozenset(in_flight), commits, self._committed(in_flight), moment_s)

    def judge(self, shot: Shot) -> Kill:
        """Tell, once the burst is over, what the kill met."""
        broken = self._bursts.broken_since(shot.moment_s) & shot.in_flight
        return Kill(
            victim=shot.victim,
            aimed_at=shot.point,
            in_flight=len(shot.in_flight),
            before_commit=len(broken - shot.committed),
            commits_under_way=shot.commits_under_way,
            after_commit=len(broken & shot.committed),
            broken=len(broken),
        )

    def _committed(self, keys: set[str]) -> frozenset[str]:
        """Return the keys whose write is committed by now: those among them that get no answer lost it."""
        rows = self._database.execute("SELECT key FROM idempotency_record WHERE key = ANY(%s)", (sorted(keys),))
        return frozenset(row[0] for row in rows)

    def _is_moment(self, point: Point, in_flight: set[str], commits: int) -> bool:
        if point is Point.IN:
            return commits > 0
        if point is Point.AFTER:
            return bool(self._committed(in_flight))
        return self._count(_BEFORE_COMMIT) > 0

    def _commits_under_way(self) -> int:
        return self._count(_COMMITTING)

    def _count(self, question: str) -> int:
        row = self._database.execute(question, ()).fetchone()
        return int(row[0]) if row else 0

    def _victims(self, victim: str) -> list[Seen]:
        """Return the processes to kill. One that ended a moment ago is on its way back."""
        found: list[Seen] = []

        def is_there() -> bool:
            try:
                found[:] = self._found(victim)
            except AssertionError:  # of the product's own: there is not one of it
                return False
            return bool(found)

        wait_until(is_there, within_s=30, what=victim)
        return found

    def _found(self, victim: str) -> list[Seen]:
        if victim == "worker":
            return [self._product.one("flask worker")]
        web = self._product.web
        workers = [seen for seen in descendants(web.pid) if _WEB in seen.command]
        if victim == "web tier":
            return [web, *workers]
        self._turn += 1
        return [workers[self._turn % len(workers)]] if workers else []
