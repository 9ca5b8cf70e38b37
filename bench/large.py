"""``python -m bench.large``: what growth costs. Three products side by side: empty, of 10,000 cases, of a million.

Goals P10, P11 and P15, and P6 at its full size. Rounds alternate between the large one and the one it is held against.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from bench.acts import ACTS, API, Act, filings
from bench.asking import ask
from bench.goals import GROWTH_GOALS, Measured
from bench.installation import Installation, new_installation
from bench.load import Line, LoadFailed, WrkMissing, find_wrk
from bench.measuring import Plan, end_when_asked, measure, say
from bench.page import conditions, renew
from bench.people import CITIZENS, World, people_of
from bench.rounds import Side
from bench.sides import Sides, living_side, product_roots, sides_of, wrk_side
from bench.stocking import stock
from bench.table import growth_table

_WALKED_PAGES, _WALKED_ROWS, _SHOWN_ROWS = 20, 100, 20


def main(words: Sequence[str]) -> int:
    """Measure and print. Returns the exit code: 1 when an answer failed, so that its figures say nothing."""
    options = _options(words)
    end_when_asked()
    try:
        find_wrk()
        with ExitStack() as running, tempfile.TemporaryDirectory() as bytes_dir:
            large = _world(running, options.cases)
            small = _world(running, options.small)
            empty = _world(running, 0)
            large.installation.start_bare(Path(bytes_dir))
            measured = _all(large, small, empty, options)
    except (LoadFailed, WrkMissing) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("stopped")
        return 130
    said = f"{options.cases:,} cases against {options.small:,}; the lifecycle against none."
    figures = f"{conditions(said)}\n{growth_table(measured, GROWTH_GOALS)}"
    print(figures)
    if options.write:
        renew("make bench-large", figures)
    return 0


def queue_lines(world: World, queue: str, *, is_first: bool) -> Sequence[Line]:
    """Return a page of a queue of the county's desk: the first, or one as far down as there are whole pages."""
    token = world.token_of(world.operator("rugao.desk"))
    path = f"{API}/cases?queue={queue}&scope=own"
    cursor = "" if is_first else _far_down(world.installation, path, token)
    return [Line(path=f"{path}&limit={_SHOWN_ROWS}{cursor}", token=token)]


def _far_down(installation: Installation, path: str, token: str) -> str:
    """Walk down a list and return the cursor of the last page that is whole. Raises LoadFailed where there is none."""
    found = cursor = ""
    rows = _SHOWN_ROWS
    for _ in range(_WALKED_PAGES):
        answer = ask(installation.port, Line(path=f"{path}&limit={rows}{cursor}", token=token))
        if answer.status != HTTPStatus.OK:
            raise LoadFailed(f"{path}: {answer.status} {answer.body[:1000]!r}")
        page = json.loads(answer.body)
        if len(page["items"]) >= _SHOWN_ROWS:
            found = cursor
        if page["next_cursor"] is None:
            break
        cursor, rows = f"&cursor={quote(page['next_cursor'])}", _WALKED_ROWS
    if not found:
        raise LoadFailed(f"{path}: no second page of {_SHOWN_ROWS} rows; seed more cases")
    return found


def _all(large: World, small: World, empty: World, options: argparse.Namespace) -> Sequence[Measured]:
    installations = [world.installation for world in (large, small, empty)]

    def measured(name: str, title: str, sides: Sides, *, counted: int = 40) -> Measured:
        rounds, seconds = options.rounds, options.seconds
        plan = Plan(name=name, title=title, rounds=rounds, seconds=seconds, counted=counted)
        return measure(plan, sides, installations)

    queue = next(act for act in ACTS if act.name == "queue")
    lists = (("to_accept", True), ("to_accept", False), ("ended", True), ("ended", False))
    found = [measured("queue", "queue, 20 rows, against bare on the same cases", sides_of(large, queue))]
    for name, is_first in lists:
        which = "first page" if is_first else "keyset page"
        sides = Sides(product=_listing(large, queue, name, is_first), reference=_listing(small, queue, name, is_first))
        found.append(measured(f"{name}, {which}", f"queue {name}, {which}", sides))
    file = next(act for act in ACTS if act.name == "file")
    found.append(
        measured("file", "file a complaint", Sides(product=_filing(large, file), reference=_filing(small, file)))
    )
    living = Sides(product=living_side(large), reference=living_side(empty))
    found.append(measured("lifecycle", "whole lifecycle, against an empty product", living, counted=5))
    return found


def _listing(world: World, act: Act, queue: str, is_first: bool) -> Side:  # noqa: FBT001 - the table above says which
    lines = queue_lines(world, queue, is_first=is_first)
    return wrk_side(world.installation.port, lines, roots=product_roots(world.installation), act=act)


def _filing(world: World, act: Act) -> Side:
    return wrk_side(world.installation.port, filings(world), roots=product_roots(world.installation), act=act)


def _world(running: ExitStack, cases: int) -> World:
    installation = running.enter_context(new_installation())
    say(f"a product for {cases:,} cases runs")
    world = people_of(installation, citizens=CITIZENS)
    stock(world, cases, say)
    return world


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.large")
    parser.add_argument("--cases", type=int, default=1_000_000, help="of the large product")
    parser.add_argument("--small", type=int, default=10_000, help="of the one it is held against")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="of each spell")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/performance.md too")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
