"""A GeoJSON FeatureCollection, read member by member; what cannot be taken is refused with file and line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Never, Self

from backend.kernel.geography import DEFAULT_TOLERANCE_M, BoundaryInvalid, geometry_text, parse_boundary
from backend.organization.errors import SourceRefused
from backend.organization.rules.sources.lines import SourceFile

_MAX_TOLERANCE_M = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A feature by its ``properties.code``. ``geometry`` is polygon text, None where the file says null."""

    code: str
    properties: Mapping[str, object]
    geometry: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A FeatureCollection of polygons with ``metadata``, and the file it was read from."""

    file: SourceFile
    metadata: Mapping[str, object]
    # Any: JSON of any shape, looked at member by member.
    members: tuple[Any, ...]

    @classmethod
    def of(cls, file: SourceFile) -> Self:
        """Return the collection of a file. Raises SourceRefused for whatever is none."""
        document = _document(file)
        metadata = document.get("metadata")
        return cls(
            file=file,
            metadata=metadata if isinstance(metadata, dict) else {},
            members=tuple(document["features"]),
        )

    @property
    def source(self) -> str:
        """Return where the polygons come from: what the metadata says, else the file's name."""
        return str(self.metadata.get("source") or self.file.name)

    @property
    def tolerance_m(self) -> int:
        """Return how exact the polygons are; 300 m when the metadata says nothing."""
        value = self.metadata.get("tolerance_m", int(DEFAULT_TOLERANCE_M))
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_TOLERANCE_M:
            raise self.refused("tolerance_m", f"tolerance_m 应为 0 到 {_MAX_TOLERANCE_M} 的整数（米）")
        return value

    def features(self, *, may_lack_geometry: bool = False) -> Iterator[Feature]:
        """Yield the features, each with a code of its own and valid polygons in degrees."""
        seen: set[str] = set()
        for count, member in enumerate(self.members, start=1):
            properties = member.get("properties") if isinstance(member, dict) else None
            code = properties.get("code") if isinstance(properties, dict) else None
            if not isinstance(code, str) or not isinstance(properties, dict):
                raise SourceRefused.at(self.file.name, 1, f"第 {count} 个要素没有 properties.code")
            if code in seen:
                raise self.refused(code, f"{code} 重复")
            seen.add(code)
            geometry = member.get("geometry")
            if geometry is None and may_lack_geometry:
                yield Feature(code=code, properties=properties, geometry=None)
                continue
            yield Feature(code=code, properties=properties, geometry=self._polygon(code, geometry))

    def _polygon(self, code: str, geometry: object) -> str:
        if not isinstance(geometry, dict):
            raise self.refused(code, f"{code} 没有几何")
        text = geometry_text(geometry)
        try:
            parse_boundary(text)
        except BoundaryInvalid as error:
            raise self.refused(code, f"{code} {error}") from error
        return text

    def refused(self, member: str, complaint: str) -> SourceRefused:
        """Return the refusal at the line where a member is first named; a parsed document no longer knows its lines."""
        place = self.file.text.find(json.dumps(member))
        return SourceRefused.at(self.file.name, 1 + self.file.text.count("\n", 0, max(place, 0)), complaint)


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
