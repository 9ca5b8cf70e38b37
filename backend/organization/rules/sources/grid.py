"""Grid cells: an operator's own from a GeoJSON file, or the project's sample cells, which are invented and say so."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from backend.kernel.geography import cut_evenly
from backend.organization.errors import SourceRefused
from backend.organization.rules.places import Boundary, DataOrigin, Division, GridCell, Level, stable_id
from backend.organization.rules.sources.geojson import Collection, Feature
from backend.organization.rules.sources.lines import SourceFile

SAMPLE_SOURCE = "示例网格：按村居数量等分县级边界推定，非实际网格"
_SAMPLE_SINCE = date(2021, 1, 1)
_NO_TOLERANCE_M = 0
_MAX_CODE, _MAX_NAME = 40, 60


def sample_cells(divisions: Sequence[Division], boundaries: Sequence[Boundary]) -> tuple[GridCell, ...]:
    """Return one sample cell for each village that people may choose, and one for each such town without villages.

    The polygon of a county is cut into as many parts of about equal size as it has cells, given out in the order of
    the codes of towns and villages; those of one town lie together. Where no polygon is known (the zones) the
    cells have none. Functional "towns" have a cell only in the villages that are somebody's home.
    """
    by_id = {division.id: division for division in divisions}
    served = _served(divisions)
    by_county: dict[uuid.UUID, list[Division]] = {}
    for division in sorted(served, key=lambda one: _order(one, by_id)):
        by_county.setdefault(_county_of(division, by_id).id, []).append(division)
    polygons = {boundary.division_id: boundary for boundary in boundaries}
    cells: list[GridCell] = []
    for county_id, homes in by_county.items():
        boundary = polygons.get(county_id)
        shapes: Sequence[str | None] = [None] * len(homes)
        if boundary is not None:
            towns = Counter(_order(home, by_id)[0] for home in homes)
            shapes = cut_evenly(boundary.geometry, tuple(towns.values()))
        tolerance_m = _NO_TOLERANCE_M if boundary is None else boundary.tolerance_m
        cells += [_sample(home, shape, tolerance_m) for home, shape in zip(homes, shapes, strict=True)]
    return tuple(cells)


def read_grid(file: SourceFile, divisions: Iterable[Division]) -> tuple[GridCell, ...]:
    """Return an operator's cells: features with ``code``, ``name`` and ``division`` (village or town), polygon or null.

    ``metadata.valid_from`` says since when they hold, ``metadata.tolerance_m`` how exact they are. Raises
    SourceRefused.
    """
    collection = Collection.of(file)
    homes = {one.code: one for one in divisions if one.level in (Level.TOWN, Level.VILLAGE) and one.is_pickable}
    valid_from, tolerance_m = _valid_from(collection), collection.tolerance_m
    cells = []
    for feature in collection.features(may_lack_geometry=True):
        home = homes.get(_text(collection, feature, "division", _MAX_CODE))
        if home is None:
            raise collection.refused(feature.code, f"{feature.code} 的 division 不是可选的镇街或村居")
        cells.append(
            GridCell(
                id=stable_id("grid_cell", _text(collection, feature, "code", _MAX_CODE)),
                code=feature.code,
                name=_text(collection, feature, "name", _MAX_NAME),
                division_id=home.id,
                geometry=feature.geometry,
                tolerance_m=tolerance_m,
                is_sample=False,
                source=collection.source,
                origin=DataOrigin.OPERATOR,
                valid_from=valid_from,
            )
        )
    if not cells:
        raise SourceRefused.at(file.name, 1, "没有任何网格")
    return tuple(cells)


def _served(divisions: Sequence[Division]) -> list[Division]:
    villages = [one for one in divisions if one.level is Level.VILLAGE and one.is_pickable]
    with_villages = {village.parent_id for village in villages}
    towns = [one for one in divisions if one.level is Level.TOWN and one.is_pickable and one.id not in with_villages]
    return villages + towns


def _order(division: Division, by_id: Mapping[uuid.UUID, Division]) -> tuple[str, str]:
    town = division if division.parent_id is None or division.level is Level.TOWN else by_id[division.parent_id]
    return (town.code, division.code)


def _county_of(division: Division, by_id: Mapping[uuid.UUID, Division]) -> Division:
    while division.level is not Level.COUNTY and division.parent_id is not None:
        division = by_id[division.parent_id]
    return division


def _sample(home: Division, geometry: str | None, tolerance_m: int) -> GridCell:
    code = f"{home.code}-S1"
    return GridCell(
        id=stable_id("grid_cell", code),
        code=code,
        name=f"{home.name}示例网格",
        division_id=home.id,
        geometry=geometry,
        tolerance_m=tolerance_m,
        is_sample=True,
        source=SAMPLE_SOURCE,
        origin=DataOrigin.PROJECT,
        valid_from=_SAMPLE_SINCE,
    )


def _valid_from(collection: Collection) -> date:
    value = collection.metadata.get("valid_from")
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise collection.refused("valid_from", "metadata.valid_from 应为日期，如 2026-01-31") from None


def _text(collection: Collection, feature: Feature, name: str, longest: int) -> str:
    value = feature.properties.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable() or value != value.strip():
        raise collection.refused(feature.code, f"{feature.code} 的 {name} 应为 1 到 {longest} 个可见字符")
    return value
