"""Loads of the city for tests: the project's files, and files changed in one place."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from backend.organization.queries.city import stored_rows
from backend.organization.rules.places import DataOrigin
from backend.organization.rules.sources.city import CitySource
from backend.organization.rules.sources.lines import SourceFile
from backend.organization.use_cases.load_city import load_city
from backend.organization.use_cases.load_report import LoadReport
from tests.real_city import SOURCE

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def load(session: Session, source: CitySource = SOURCE, *, now: datetime = NOW, is_dry_run: bool = False) -> LoadReport:
    """Load a city quietly."""
    return load_city(session, source=source, now=now, progress=lambda _line: None, is_dry_run=is_dry_run)


def changes_of(report: LoadReport) -> dict[str, tuple[int, int, int]]:
    """Return what was added, changed and retired, of the kinds where something was."""
    counts = {kind.name: (kind.added, kind.changed, kind.retired) for kind in report.kinds}
    return {name: count for name, count in counts.items() if any(count)}


def without_line(name: str, beginning: str) -> CitySource:
    """Return the project's files without the lines of one that begin so."""
    file = getattr(SOURCE, name)
    lines = file.text.splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(beginning)]
    assert len(kept) < len(lines)
    return replace(SOURCE, **{name: SourceFile(name=file.name, text="".join(kept))})


def edited(name: str, before: str, after: str, source: CitySource = SOURCE) -> CitySource:
    """Return the files with one text of one file replaced."""
    file = getattr(source, name)
    assert before in file.text
    return replace(source, **{name: SourceFile(name=file.name, text=file.text.replace(before, after))})


def stored(session: Session, kind: type, **wanted: object):
    """Return the stored row with these cells."""
    return next(
        row for row in stored_rows(session, kind) if all(getattr(row, name) == cell for name, cell in wanted.items())
    )


def operators_boundaries(tolerance_m: int = 30) -> CitySource:
    """Return the files with an operator's polygon of one county."""
    square = {"type": "Polygon", "coordinates": [[[120.0, 32.0], [121.0, 32.0], [121.0, 33.0], [120.0, 32.0]]]}
    document = {
        "type": "FeatureCollection",
        "metadata": {"tolerance_m": tolerance_m},
        "features": [{"properties": {"code": "320682"}, "geometry": square}],
    }
    file = SourceFile(name="surveyed.geojson", text=json.dumps(document))
    return replace(SOURCE, boundaries=file, boundaries_origin=DataOrigin.OPERATOR)
