"""The rounds of an act: bare, the product, bare, the product, each for some seconds, and what each side cost."""

from __future__ import annotations

import resource
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench import machine
from bench.load import Load, LoadFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """One side in one round. ``cpu_ms`` is a request's, of the web server's tree and PostgreSQL's."""

    rate: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    others: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Both sides of one round. Some acts have no reference."""

    product: Spell
    reference: Spell | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """How load is put on one side for some seconds, or once, and the roots of the processes whose CPU it costs."""

    drive: Callable[[int], Load]
    once: Callable[[int], None]
    roots: Sequence[int]


@dataclass(frozen=True, slots=True)
class Rounds:
    """All rounds of an act. Figures are medians; a ratio is the median of the rounds' own ratios."""

    pairs: Sequence[Pair]

    def of_product(self, figure: Callable[[Spell], float]) -> float:
        """Return the median of a figure of the product."""
        return statistics.median(figure(pair.product) for pair in self.pairs)

    def of_reference(self, figure: Callable[[Spell], float]) -> float | None:
        """Return the median of a figure of the reference; None without one."""
        figures = [figure(pair.reference) for pair in self.pairs if pair.reference]
        return statistics.median(figures) if figures else None

    def ratio(self, figure: Callable[[Spell], float]) -> float | None:
        """Return the median over the rounds of product / reference; None without a reference."""
        ratios = [figure(pair.product) / figure(pair.reference) for pair in self.pairs if pair.reference]
        return statistics.median(ratios) if ratios else None

    @property
    def others(self) -> float:
        """The part of the machine that others used, 0 to 1, in the worst spell."""
        return max(spell.others for pair in self.pairs for spell in (pair.product, pair.reference) if spell)


def run_spell(side: Side, seconds: int, *, ours: Sequence[int]) -> Spell:
    """Put load on one side for some seconds. ``ours`` are the roots of all our processes. Raises LoadFailed."""
    cpu_before_s, own_before_s, before = _cpu_s(side.roots), _own_s(ours), machine.machine_time()
    load = side.drive(seconds)
    after, own_s = machine.machine_time(), _own_s(ours) - own_before_s
    others = machine.others_share(before, after, own_s=own_s)
    return spell_of(load, cpu_s=_cpu_s(side.roots) - cpu_before_s, others=others)


def spell_of(load: Load, *, cpu_s: float, others: float) -> Spell:
    """Return the figures of a spell that used ``cpu_s`` for all of its requests. Raises LoadFailed without any."""
    if load.requests == 0:
        raise LoadFailed(f"no answer within {load.duration_s:.0f} s")
    return Spell(
        rate=load.rate,
        p50_ms=load.p50_ms,
        p99_ms=load.p99_ms,
        cpu_ms=cpu_s * 1000 / load.requests,
        others=others,
    )


def _cpu_s(roots: Sequence[int]) -> float:
    return sum(machine.cpu_s(root) for root in roots)


def _own_s(ours: Sequence[int]) -> float:
    """Return the CPU of all that is ours: the products, bare, wrk, and the bench itself."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used) + _cpu_s(ours)
