"""County polygons from a GeoJSON file: the project's own, or a better one that an operator supplies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Never

from backend.kernel.geography import DEFAULT_TOLERANCE_M, BoundaryInvalid, geometry_text, parse_boundary
from backend.organization.errors import SourceRefused
from backend.organization.rules.places import Boundary, DataOrigin, Division, Level
from backend.organization.rules.sources.lines import SourceFile

_MAX_TOLERANCE_M = 20_000


def read_boundaries(file: SourceFile, divisions: Iterable[Division], origin: DataOrigin) -> tuple[Boundary, ...]:
    """Return the polygons of a FeatureCollection whose features name a county in ``properties.code``.

    ``metadata.tolerance_m`` says how exact the set is (300 m when it says nothing). Raises SourceRefused.
    """
    document = _document(file)
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    tolerance_m = _tolerance_m(file, metadata)
    counties = {division.code: division for division in divisions if division.level is Level.COUNTY}
    boundaries: dict[str, Boundary] = {}
    for code, geometry in _features(file, document):
        if code not in counties:
            raise _refused(file, code, f"{code} 不是县级区划的代码")
        if code in boundaries:
            raise _refused(file, code, f"{code} 重复")
        boundaries[code] = Boundary(
            division_id=counties[code].id,
            geometry=geometry,
            tolerance_m=tolerance_m,
            source=str(metadata.get("source") or file.name),
            origin=origin,
        )
    if not boundaries:
        raise SourceRefused.at(file.name, 1, "没有任何多边形")
    return tuple(boundaries.values())


# Any: JSON of any shape, looked at member by member.
def _document(file: SourceFile) -> dict[str, Any]:
    try:
        document = json.loads(file.text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise SourceRefused.at(file.name, error.lineno, f"不是合格的 JSON：{error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise SourceRefused.at(file.name, 1, f"不是合格的 JSON：{error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise SourceRefused.at(file.name, 1, "不是 GeoJSON FeatureCollection")
    return document


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} 不是数")


def _tolerance_m(file: SourceFile, metadata: Mapping[str, object]) -> int:
    value = metadata.get("tolerance_m", int(DEFAULT_TOLERANCE_M))
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_TOLERANCE_M:
        raise _refused(file, "tolerance_m", f"tolerance_m 应为 0 到 {_MAX_TOLERANCE_M} 的整数（米）")
    return value


def _features(file: SourceFile, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for count, feature in enumerate(document["features"], start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        code = properties.get("code") if isinstance(properties, dict) else None
        if not isinstance(code, str):
            raise SourceRefused.at(file.name, 1, f"第 {count} 个要素没有 properties.code")
        if not isinstance(feature.get("geometry"), dict):
            raise _refused(file, code, f"{code} 没有几何")
        geometry = geometry_text(feature["geometry"])
        try:
            parse_boundary(geometry)
        except BoundaryInvalid as error:
            raise _refused(file, code, f"{code} {error}") from error
        yield code, geometry


def _refused(file: SourceFile, member: str, complaint: str) -> SourceRefused:
    """Return the refusal at the line where a member is first named; a parsed document no longer knows its lines."""
    place = file.text.find(json.dumps(member))
    return SourceRefused.at(file.name, 1 + file.text.count("\n", 0, max(place, 0)), complaint)
