"""Request types from their file, and how the files write a limit."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from backend.kernel.due import MAX_LIMIT, LimitUnit
from backend.organization.rules.categories import RequestType
from backend.organization.rules.sources.lines import Line, SourceFile, lines_of

_MAX_WEIGHT = 1_000_000
# 天 means 自然日 (the data's README; workflow.md 1.5).
LIMIT_UNITS: Mapping[str, LimitUnit] = MappingProxyType(
    {
        "工作时": LimitUnit.WORKING_HOURS,
        "工作日": LimitUnit.WORKING_DAYS,
        "自然时": LimitUnit.NATURAL_HOURS,
        "自然日": LimitUnit.NATURAL_DAYS,
        "天": LimitUnit.NATURAL_DAYS,
    }
)


def limit_value(line: Line, column: str) -> int:
    """Return how many units a limit is."""
    return line.number_of(column, low=1, high=MAX_LIMIT)


def limit_unit(line: Line, column: str) -> LimitUnit:
    """Return what a limit is counted in."""
    unit = LIMIT_UNITS.get(line.cells[column])
    if unit is None:
        raise line.refused(f"{column} 应为 {'、'.join(LIMIT_UNITS)} 之一，不是 {line.cells[column]!r}")
    return unit


def read_request_types(file: SourceFile) -> tuple[RequestType, ...]:
    """Return the request types. Raises SourceRefused."""
    types: dict[str, RequestType] = {}
    for line in lines_of(file, ("code", "name", "default_limit", "unit", "weight_2021w49", "source")):
        code = line.text("code")
        if code in types:
            raise line.refused(f"code {code} 重复")
        types[code] = RequestType(
            code=code,
            name=line.text("name"),
            limit_value=limit_value(line, "default_limit"),
            limit_unit=limit_unit(line, "unit"),
            weight=line.number_of("weight_2021w49", low=0, high=_MAX_WEIGHT),
            source=line.text("source"),
        )
    return tuple(types.values())
