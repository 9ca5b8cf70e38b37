"""Kills with a write in flight, aimed before, in or after its commit as PostgreSQL itself shows it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum

import psycopg

from tests.faults.bursts import Bursts
from tests.faults.processes import Seen, descendants
from tests.faults.run_product import Product

AIM_FOR_S = 0.6


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


class Killer:
    """Watches the database, and kills when the moment has come."""

    def __init__(self, product: Product, database: psycopg.Connection, bursts: Bursts) -> None:
        self._product = product
        self._database = database
        self._bursts = bursts

    def kill(self, victim: str, point: Point) -> tuple[set[str], int, float]:
        """Kill -9 at the point, or at the end of the aim. Returns keys in flight, commits seen under way, and when."""
        seen = self._victims(victim)
        deadline_s = time.monotonic() + AIM_FOR_S
        commits = 0
        while time.monotonic() < deadline_s:
            in_flight = self._bursts.in_flight()
            commits = self._commits_under_way()
            if in_flight and self._is_moment(point, in_flight, commits):
                break
        in_flight, moment_s = self._bursts.in_flight(), time.monotonic()
        for process in seen:
            process.kill()
        return in_flight, commits, moment_s

    def judge(self, victim: str, point: Point, shot: tuple[set[str], int, float]) -> Kill:
        """Tell, once the burst is over, what the kill met. ``committed`` was read right after it by ``committed``."""
        in_flight, commits, moment_s = shot
        broken = self._bursts.broken_since(moment_s) & in_flight
        committed = self.committed_before(in_flight, moment_s)
        return Kill(
            victim=victim,
            aimed_at=point,
            in_flight=len(in_flight),
            before_commit=len(broken - committed),
            commits_under_way=commits,
            after_commit=len(broken & committed),
            broken=len(broken),
        )

    def committed_before(self, keys: set[str], moment_s: float) -> set[str]:
        """Return the keys whose record was written by the sending that the kill broke: an answer that was lost."""
        age_s = time.monotonic() - moment_s
        rows = self._database.execute(
            "SELECT key FROM idempotency_record WHERE key = ANY(%s) AND created_at <= clock_timestamp() - %s * interval '1 second'",
            (sorted(keys), age_s),
        )
        return {row[0] for row in rows}

    def _is_moment(self, point: Point, in_flight: set[str], commits: int) -> bool:
        if point is Point.IN:
            return commits > 0
        if point is Point.AFTER:
            found = self._database.execute("SELECT 1 FROM idempotency_record WHERE key = ANY(%s) LIMIT 1", (sorted(in_flight),))
            return found.fetchone() is not None
        row = self._database.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'baitong' AND xact_start IS NOT NULL "
            "AND query NOT ILIKE 'commit%%' AND query ILIKE ANY(ARRAY['insert%%', 'select%%case_ledger%%'])"
        ).fetchone()
        return row is not None and row[0] > 0

    def _commits_under_way(self) -> int:
        row = self._database.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'baitong' AND state = 'active' AND query ILIKE 'commit%%'"
        ).fetchone()
        return int(row[0]) if row else 0

    def _victims(self, victim: str) -> list[Seen]:
        if victim == "worker":
            return [self._product.one("flask worker")]
        web = self._product.web
        workers = [seen for seen in descendants(web.pid) if "granian" in seen.command or "python" in seen.command]
        if victim == "web tier":
            return [web, *workers]
        serving = [seen for seen in workers if "resource_tracker" not in seen.command]
        return serving[:1] if int(time.monotonic() * 1000) % 2 else serving[-1:]
