"""Goals that are no requests: programs that judge themselves, and the memory of a web worker."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass

from bench import machine
from bench.goals import attained
from bench.installation import Installation
from bench.load import LoadFailed
from bench.table import judged

_PATIENCE_S = 120.0
_MEMORY_MIB = 110
MEMORY = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A bench of its own, in a process of its own. ``pattern`` finds the figure in a line that begins with the code."""

    name: str
    code: str
    module: str
    says: str
    pattern: str
    bound: float


PROGRAMS: tuple[Program, ...] = (
    Program(
        name="search",
        code="P8",
        module="bench.catalogue_search",
        says="search over 9,500 services without HTTP, p99 against plain bigrams",
        pattern=r"p99 ([\d.]+) \(goal",
        bound=1.2,
    ),
    Program(
        name="cells",
        code="P12",
        module="bench.point_in_cells",
        says="point in 5,000 cells, p50 against STRtree",
        pattern=r"median ratio ([\d.]+)",
        bound=1.5,
    ),
)


def row_of(program: Program) -> tuple[str, ...]:
    """Run a program and return its row. Raises LoadFailed when it fails or does not tell its figure."""
    command = (sys.executable, "-m", program.module)
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    value = figure_in(done.stdout, program)
    if done.returncode != 0 or value is None:
        raise LoadFailed(f"{program.module}: {done.returncode} {done.stdout[-500:]} {done.stderr[-500:]}")
    cells = judged(value, program.bound, attained(value, program.bound, at_most=True), at_most=True)
    return (program.code, program.name, program.says, *cells)


def figure_in(output: str, program: Program) -> float | None:
    """Return the figure that a program has printed, or None."""
    for line in output.splitlines():
        if line.startswith(program.code) and (match := re.search(program.pattern, line)):
            return float(match[1])
    return None


def memory_row(installation: Installation) -> tuple[str, ...]:
    """Return P13: the proportional memory of the web worker that has most, after all that it was asked."""
    workers = machine.tree(installation.web) - {installation.web}
    most = max(machine.pss_mib(pid) for pid in workers)
    cells = judged(most, _MEMORY_MIB, attained(most, _MEMORY_MIB, at_most=True), at_most=True)
    return ("P13", "web worker", "memory, PSS in MiB", *cells)
