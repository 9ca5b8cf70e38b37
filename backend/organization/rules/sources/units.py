"""Handling units from their file, and the way from a department's name in other files to units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from backend.organization.rules.categories import Unit
from backend.organization.rules.places import stable_id
from backend.organization.rules.sources.lines import Line, SourceFile, lines_of

_LEVELS = ("市", "县", "镇")


def read_units(file: SourceFile) -> tuple[Unit, ...]:
    """Return the units. Raises SourceRefused, also when two units claim one code or one name."""
    units: dict[str, Unit] = {}
    named: dict[str, str] = {}
    for line in lines_of(file, ("code", "name", "levels", "aliases")):
        unit = _unit(line)
        if unit.code in units:
            raise line.refused(f"code {unit.code} 重复")
        for name in (unit.name, *unit.aliases):
            if name in named:
                raise line.refused(f"名称 {name} 已属于 {named[name]}")
            named[name] = unit.code
        units[unit.code] = unit
    return tuple(units.values())


def _unit(line: Line) -> Unit:
    levels = line.parts("levels", "|")
    if not levels or not set(levels) <= set(_LEVELS) or len(set(levels)) != len(levels):
        raise line.refused(f"levels 应由 {'、'.join(_LEVELS)} 以 | 相连，不是 {line.cells['levels']!r}")
    code = line.text("code")
    return Unit(
        id=stable_id("unit", code),
        code=code,
        name=line.text("name"),
        levels=levels,
        aliases=line.parts("aliases", ";"),
    )


def codes_by_name(units: Iterable[Unit]) -> Mapping[str, str]:
    """Return the code of the unit behind each name and alias."""
    return {name: unit.code for unit in units for name in (unit.name, *unit.aliases)}


def units_of_department(line: Line, column: str, codes: Mapping[str, str]) -> tuple[str, ...]:
    """Return the units of a department such as 城管局/公安交警: the first leads, the others assist.

    Two names of one unit count once.
    """
    names = line.parts(column, "/")
    for name in names:
        if name not in codes:
            raise line.refused(f"{column} 中的 {name} 不是 units.csv 中的名称或别名")
    if not names:
        raise line.refused(f"{column} 不能为空")
    return tuple(dict.fromkeys(codes[name] for name in names))
