"""The goals that the bench can judge, as data: which figure of which act, and its bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.rounds import Rounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """An act with its figures. ``statements`` are SQL statements a request, ``limit`` what pgbench reaches a second."""

    name: str
    title: str
    rounds: Rounds
    statements: float
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A bound on a figure: ``value`` must be at least, or at most, ``bound``."""

    code: str
    act: str
    says: str
    value: Callable[[Measured], float]
    bound: float
    at_most: bool = False

    def attained(self, measured: Measured) -> float:
        """Return the ratio to the goal: 1 and more is met."""
        value = self.value(measured)
        return attained(value, self.bound, at_most=self.at_most)


def attained(value: float, bound: float, *, at_most: bool) -> float:
    """Return how far a bound is reached: 1 is just met, 0.5 is half of the way."""
    return bound / max(value, 1e-9) if at_most else value / bound


def rate_ratio(measured: Measured) -> float:
    """Return the rate of the product, as a part of its reference's. Raises LookupError without a reference."""
    return _known(measured.rounds.ratio(lambda spell: spell.rate))


def cpu_ratio(measured: Measured) -> float:
    """Return the CPU of a request, as a multiple of the reference's. Raises LookupError without a reference."""
    return _known(measured.rounds.ratio(lambda spell: spell.cpu_ms))


def _known(ratio: float | None) -> float:
    if ratio is None:
        raise LookupError("this act has no reference")
    return ratio


def tail(measured: Measured) -> float:
    """Return p99 / p50 of the product."""
    return measured.rounds.of_product(lambda spell: spell.p99_ms / spell.p50_ms)


def statements(measured: Measured) -> float:
    """Return the SQL statements of a request."""
    return measured.statements


# How many times the peer's rate bare reaches, measured once on one machine (goals P1 and P5).
_BARE_TIMES_PEER = {"file": 35.0, "status": 6.6}


def _times_peer(measured: Measured) -> float:
    return rate_ratio(measured) * _BARE_TIMES_PEER[measured.name]


GOALS: tuple[Goal, ...] = (
    Goal(code="P1", act="file", says="rate against the peer, derived from bare x 35", value=_times_peer, bound=20),
    Goal(code="P2", act="file", says="rate against bare", value=rate_ratio, bound=0.60),
    Goal(code="P3", act="file", says="CPU against bare", value=cpu_ratio, bound=1.8, at_most=True),
    Goal(code="P4", act="file", says="p99 / p50", value=tail, bound=3, at_most=True),
    Goal(code="P5", act="status", says="rate against bare", value=rate_ratio, bound=0.70),
    Goal(code="P5", act="status", says="rate against the peer, derived from bare x 6.6", value=_times_peer, bound=5),
    Goal(code="P6", act="queue", says="rate against bare", value=rate_ratio, bound=0.60),
    Goal(code="P6", act="queue", says="SQL statements a page", value=statements, bound=3, at_most=True),
    Goal(code="P7", act="page", says="rate against bytes from memory", value=rate_ratio, bound=0.60),
    Goal(code="P7", act="tree", says="rate against bytes from memory", value=rate_ratio, bound=0.60),
    Goal(code="P7", act="tree-304", says="rate against 304 from memory", value=rate_ratio, bound=0.80),
)


def time_ratio(measured: Measured) -> float:
    """Return the median time of an answer, as a multiple of the reference's. Raises LookupError without a reference."""
    return _known(measured.rounds.ratio(lambda spell: spell.p50_ms))


# Here the reference is the same product with fewer cases.
GROWTH_GOALS: tuple[Goal, ...] = (
    Goal(code="P6", act="queue", says="rate against bare", value=rate_ratio, bound=0.60),
    *(
        Goal(code="P10", act=f"{queue}, {page}", says="time of a page", value=time_ratio, bound=bound, at_most=True)
        for queue in ("to_accept", "ended")
        for page, bound in (("first page", 1.3), ("keyset page", 1.5))
    ),
    Goal(code="P11", act="file", says="CPU", value=cpu_ratio, bound=1.15, at_most=True),
    Goal(code="P15", act="lifecycle", says="rate", value=rate_ratio, bound=0.8),
)
