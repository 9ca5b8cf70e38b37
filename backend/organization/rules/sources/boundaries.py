"""County polygons from a GeoJSON file: the project's own, or a better one that an operator supplies."""

from __future__ import annotations

from collections.abc import Iterable

from backend.organization.errors import SourceRefused
from backend.organization.rules.places import Boundary, DataOrigin, Division, Level
from backend.organization.rules.sources.geojson import Collection
from backend.organization.rules.sources.lines import SourceFile


def read_boundaries(file: SourceFile, divisions: Iterable[Division], origin: DataOrigin) -> tuple[Boundary, ...]:
    """Return the polygons of a FeatureCollection whose features name a county in ``properties.code``.

    ``metadata.tolerance_m`` says how exact the set is (300 m when it says nothing). Raises SourceRefused.
    """
    collection = Collection.of(file)
    tolerance_m = collection.tolerance_m
    counties = {division.code: division for division in divisions if division.level is Level.COUNTY}
    boundaries = []
    for feature in collection.features():
        if feature.code not in counties:
            raise collection.refused(feature.code, f"{feature.code} 不是县级区划的代码")
        assert feature.geometry is not None  # noqa: S101 - features() refuses a feature without one
        boundaries.append(
            Boundary(
                division_id=counties[feature.code].id,
                geometry=feature.geometry,
                tolerance_m=tolerance_m,
                source=collection.source,
                origin=origin,
            )
        )
    if not boundaries:
        raise SourceRefused.at(file.name, 1, "没有任何多边形")
    return tuple(boundaries)
