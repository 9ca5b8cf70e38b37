"""The two sides of an act, as its kind asks for: load by wrk on the product and on bare, or whole lifecycles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench import lifecycle
from bench.acts import Act
from bench.asking import ask
from bench.installation import Installation
from bench.load import Line, LoadFailed, run_wrk
from bench.people import World
from bench.rounds import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The product and its reference, where there is one."""

    product: Side
    reference: Side | None


def sides_of(world: World, act: Act) -> Sides:
    """Return the sides of an act, after each has given one answer as it should. Raises LoadFailed."""
    installation = world.installation
    if act.product is None:
        return Sides(product=living_side(world), reference=None)
    lines = act.product(world)
    reference = act.reference(world) if act.reference else lines
    return Sides(
        product=wrk_side(installation.port, lines, roots=product_roots(installation), act=act),
        reference=wrk_side(
            installation.bare_port, reference, roots=(installation.bare, installation.postgres), act=act
        ),
    )


def wrk_side(port: int, lines: Sequence[Line], *, roots: Sequence[int], act: Act) -> Side:
    """Return a side that is asked these lines in rotation. Raises LoadFailed when the first is answered wrongly."""
    answer = ask(port, lines[0])
    if answer.status != act.expected:
        raise LoadFailed(f"{act.name}: {answer.status} in place of {act.expected}: {answer.body[:2000]!r}")
    return Side(
        drive=lambda seconds: run_wrk(port, lines, seconds=seconds),
        once=lambda number: _once(port, lines[number % len(lines)]),
        roots=roots,
    )


def living_side(world: World) -> Side:
    """Return a side on which whole cases are lived."""
    cast = lifecycle.cast_of(world)
    return Side(
        drive=lambda seconds: lifecycle.drive(cast, seconds),
        once=lambda _number: lifecycle.live_once(cast),
        roots=product_roots(world.installation),
    )


def product_roots(installation: Installation) -> Sequence[int]:
    """Return the processes whose CPU a request of the product costs: the web server's tree and PostgreSQL's."""
    return (installation.web, installation.postgres)


def _once(port: int, line: Line) -> None:
    ask(port, line)
