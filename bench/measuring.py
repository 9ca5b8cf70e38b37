"""Measures one act: counts its statements, warms both sides, then round after round, one side and the other."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench.counting import statements_a_request, statements_of
from bench.goals import Measured
from bench.installation import Installation
from bench.rounds import Pair, Rounds, run_spell
from bench.sides import Sides

WARM_S = 2
_BEGUN_S = time.monotonic()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How an act is measured: ``rounds`` of ``seconds`` a side, statements counted over ``counted`` requests."""

    name: str
    title: str
    rounds: int
    seconds: int
    counted: int = 40
    shows_statements: bool = False
    holds_workers: bool = True


def end_when_asked() -> None:
    """Let SIGTERM end the bench as Ctrl-C does: with all that it started ended and removed."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def elapsed_s() -> float:
    """Return the seconds since the bench began."""
    return time.monotonic() - _BEGUN_S


def say(what: str) -> None:
    """Tell how far it is, on stderr."""
    print(f"[{elapsed_s():6.1f} s] {what}", file=sys.stderr, flush=True)


def measure(plan: Plan, sides: Sides, installations: Sequence[Installation]) -> Measured:
    """Measure an act on the first of the installations; all of them are ours. Raises LoadFailed."""
    ours = [root for one in installations for root in one.roots]
    with workers_held(installations if plan.holds_workers else ()):
        counted = statements_of(installations[0], sides.product.once, asked=plan.counted)
        if plan.shows_statements:
            for query, calls in sorted(counted.items(), key=lambda item: -item[1]):
                say(f"  {calls:.2f} x {' '.join(query.split())[:160]}")
        for side in (sides.reference, sides.product):
            if side is not None:
                side.drive(WARM_S)
        pairs = [_round(plan, sides, number, ours) for number in range(1, plan.rounds + 1)]
    return Measured(name=plan.name, title=plan.title, rounds=Rounds(pairs), statements=statements_a_request(counted))


@contextmanager
def workers_held(installations: Sequence[Installation]) -> Iterator[None]:
    """Hold the workers for the body: no side pays for the jobs that the other has put in."""
    with ExitStack() as later:
        for installation in installations:
            later.callback(installation.let_worker_go)
            installation.hold_worker()
        yield


def _round(plan: Plan, sides: Sides, number: int, ours: Sequence[int]) -> Pair:
    other = run_spell(sides.reference, plan.seconds, ours=ours) if sides.reference else None
    own = run_spell(sides.product, plan.seconds, ours=ours)
    against = ""
    if other:
        against = (
            f" of {other.rate:.4g}/s = {own.rate / other.rate:.0%}, CPU {other.cpu_ms:.2f} x"
            f" {own.cpu_ms / other.cpu_ms:.2f} ="
        )
    say(
        f"{plan.name} {number}: {own.rate:.4g}/s{against} {own.cpu_ms:.2f} ms,"
        f" p50 {own.p50_ms:.1f} p99 {own.p99_ms:.1f} ms, others {own.others:.0%}"
    )
    return Pair(product=own, reference=other)
