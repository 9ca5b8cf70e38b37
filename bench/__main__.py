"""``python -m bench [ACT ...]``: measure the acts beside bare and print one table. See ``docs/performance.md``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.acts import ACTS, Act
from bench.further import MEMORY, PROGRAMS, memory_row, row_of
from bench.goals import Measured
from bench.installation import new_installation
from bench.limit import limit_of
from bench.load import LoadFailed, WrkMissing, find_wrk
from bench.measuring import WARM_S, Plan, elapsed_s, end_when_asked, measure, say
from bench.page import conditions, renew
from bench.people import CITIZENS, World, people_of
from bench.sides import sides_of
from bench.stocking import stock
from bench.table import table

CASES = 20_000
_LAST_BEGIN_S = 450.0


def main(words: Sequence[str]) -> int:
    """Measure and print. Returns the exit code: 1 when an answer failed, so that its figures say nothing."""
    options = _options(words)
    end_when_asked()
    try:
        find_wrk()
        with new_installation() as installation, tempfile.TemporaryDirectory() as bytes_dir:
            say("the product runs")
            world = people_of(installation, citizens=options.citizens)
            stock(world, options.cases, say)
            acts = [act for act in ACTS if act.name in options.acts and _is_there(world, act, Path(bytes_dir))]
            installation.start_bare(Path(bytes_dir))
            say(f"bare runs beside it; {options.citizens} citizens are signed in")
            measured = [_measured(world, act, options) for act in acts if _in_time(act)]
            further = _further(world, options)
    except (LoadFailed, WrkMissing) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("stopped")
        return 130
    said = (
        f"Filing in turn: {options.citizens:,} citizens' tokens. Cases already there: {options.cases:,}."
        f" The worker is {'at work' if options.with_worker else 'held'}."
    )
    figures = f"{conditions(said)}\n{table(measured, further)}"
    print(figures)
    if options.write:
        renew("make bench", figures)
    return 0


def _is_there(world: World, act: Act, bytes_dir: Path) -> bool:
    """Let bare have what an act is held against. False, and told, where the product knows no such address."""
    if act.kept is None or act.kept.keep(world, bytes_dir):
        return True
    say(f"{act.name} is left out: {act.kept.path} is not there")
    return False


def _in_time(act: Act) -> bool:
    """Tell whether an act may still begin: all of it is over in ten minutes, on a slow machine too."""
    if elapsed_s() < _LAST_BEGIN_S:
        return True
    say(f"{act.name} is left out: {_LAST_BEGIN_S:.0f} s are over")
    return False


def _further(world: World, options: argparse.Namespace) -> Sequence[tuple[str, ...]]:
    """Measure what is no request: with everything, or by its own name."""
    rows = [memory_row(world.installation)] if MEMORY in options.acts else []
    for program in PROGRAMS:
        if program.name in options.acts:
            say(f"{program.name}: {program.says}")
            rows.append(row_of(program))
    return rows


def _measured(world: World, act: Act, options: argparse.Namespace) -> Measured:
    plan = Plan(
        name=act.name,
        title=act.title,
        rounds=options.rounds or act.rounds,
        seconds=options.seconds or act.seconds,
        counted=act.counted,
        shows_statements=options.statements,
        holds_workers=not options.with_worker,
    )
    measured = measure(plan, sides_of(world, act), [world.installation])
    return replace(measured, limit=limit_of(world.installation, act.name, seconds=WARM_S))


def _options(words: Sequence[str]) -> argparse.Namespace:
    names = [*(act.name for act in ACTS), *(program.name for program in PROGRAMS), MEMORY]
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("acts", nargs="*", metavar="ACT", help=f"of {', '.join(names)}; all without one")
    parser.add_argument("--rounds", type=int, help="rounds of each act in place of its own number")
    parser.add_argument("--seconds", type=int, help="seconds of each spell in place of the act's own")
    parser.add_argument("--citizens", type=int, default=CITIZENS, help="how many people file in turn")
    parser.add_argument("--cases", type=int, default=CASES, help="how many cases there are already")
    parser.add_argument("--with-worker", action="store_true", help="let the worker do its jobs meanwhile")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/performance.md too")
    parser.add_argument("--statements", action="store_true", help="print each SQL statement of the acts too")
    options = parser.parse_args(words)
    if unknown := set(options.acts) - set(names):
        parser.error(f"no such act: {', '.join(sorted(unknown))}")
    options.acts = options.acts or names
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
