"""Divisions from their file, and the command centres 1+10+96 that its rows say stand at them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from backend.organization.errors import SourceRefused
from backend.organization.rules.places import Centre, Division, Level, stable_id
from backend.organization.rules.sources.lines import Line, SourceFile, lines_of

_COLUMNS = (
    "code",
    "name",
    "level",
    "parent_code",
    "kind",
    "unit_type",
    "admin_parent_code",
    "managing_body",
    "cand96",
    "nbs_code",
    "source",
    "as_of",
    "note",
)
_CODE = re.compile(r"[0-9X]{6,12}")
_PARENT_LEVEL: Mapping[Level, Level] = MappingProxyType(
    {Level.COUNTY: Level.CITY, Level.TOWN: Level.COUNTY, Level.VILLAGE: Level.TOWN}
)
_BY_SIZE = {level: size for size, level in enumerate(Level)}
# The day on which the city's centre first spoke of "1+10+96" (domain.md section 1).
_CENTRES_SINCE = date(2021, 3, 18)


class DivisionKind(StrEnum):
    """Whether a division is one of the state, or a functional zone that statistics lists like one."""

    GOVERNMENT = "gov"
    FUNCTIONAL = "functional"


def read_divisions(file: SourceFile) -> tuple[tuple[Division, ...], tuple[Centre, ...]]:
    """Return the divisions, larger before smaller, and the centres at them. Raises SourceRefused."""
    lines = _by_code(lines_of(file, _COLUMNS))
    ordered = sorted(lines.values(), key=lambda line: _BY_SIZE[line.one_of("level", Level)])
    cities = [line for line in ordered if line.cells["level"] == Level.CITY]
    if not cities:
        raise SourceRefused.at(file.name, 1, "没有市一级的行")
    for line in cities[1:]:
        raise line.refused("只能有一个市")
    divisions = tuple(_division(line, _parent_code(line, lines)) for line in ordered)
    return divisions, _centres(divisions, ordered)


def _by_code(lines: Iterable[Line]) -> dict[str, Line]:
    by_code: dict[str, Line] = {}
    for line in lines:
        code = line.text("code")
        if not _CODE.fullmatch(code):
            raise line.refused(f"code 应为 6 到 12 位数字或 X，不是 {code!r}")
        if code in by_code:
            raise line.refused(f"code {code} 与第 {by_code[code].number} 行重复")
        by_code[code] = line
    return by_code


def _parent_code(line: Line, lines: Mapping[str, Line]) -> str | None:
    """Return the code of who governs a division; the city's own parent, the province, is not ours."""
    level = line.one_of("level", Level)
    if level is Level.CITY:
        return None
    parent = lines.get(line.text("parent_code"))
    if parent is None:
        raise line.refused(f"parent_code {line.cells['parent_code']} 在文件中不存在")
    if parent.cells["level"] != _PARENT_LEVEL[level]:
        raise line.refused(f"{level} 的上级应为 {_PARENT_LEVEL[level]}，不是 {parent.cells['level']}")
    return parent.cells["code"]


def _division(line: Line, parent_code: str | None) -> Division:
    level, kind = line.one_of("level", Level), line.one_of("kind", DivisionKind)
    return Division(
        id=stable_id("division", line.cells["code"]),
        code=line.cells["code"],
        nbs_code=line.optional("nbs_code"),
        name=line.text("name"),
        level=level,
        kind=kind,
        unit_type=line.text("unit_type"),
        parent_id=None if parent_code is None else stable_id("division", parent_code),
        admin_parent_code=line.optional("admin_parent_code"),
        managing_body=line.optional("managing_body"),
        # Functional "towns" and virtual villages are nobody's home; a zone at county level is governed like a county.
        is_pickable=kind is DivisionKind.GOVERNMENT or level is Level.COUNTY,
        source=line.text("source"),
        as_of=line.text("as_of"),
        note=line.optional("note"),
    )


def _centres(divisions: Sequence[Division], lines: Sequence[Line]) -> tuple[Centre, ...]:
    """Return a centre for the city, for each county, and for each town that the file marks as one of the 96."""
    by_division: dict[uuid.UUID, Centre] = {}
    for division, line in zip(divisions, lines, strict=True):
        is_marked = _is_marked(line, division.level)
        if is_marked or division.level in (Level.CITY, Level.COUNTY):
            above = None if division.parent_id is None else by_division[division.parent_id]
            by_division[division.id] = _centre(division, above, is_assumed=is_marked)
    return tuple(by_division.values())


def _is_marked(line: Line, level: Level) -> bool:
    if not line.cells["cand96"]:
        return False
    is_marked = line.flag("cand96")
    if is_marked and level is not Level.TOWN:
        raise line.refused("cand96 只用于镇一级")
    return is_marked


def _centre(division: Division, above: Centre | None, *, is_assumed: bool) -> Centre:
    return Centre(
        id=stable_id("centre", division.code),
        code=division.code,
        name=f"{division.name}指挥中心",
        level=division.level,
        division_id=division.id,
        division_code=division.code,
        parent_id=None if above is None else above.id,
        path=f"{'' if above is None else above.path}{division.code}/",
        active_from=_CENTRES_SINCE,
        is_assumed=is_assumed,
    )
