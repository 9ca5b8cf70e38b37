"""The files of the city on disk: the project's own copies, and boundaries and grid that an operator supplies."""

from __future__ import annotations

from pathlib import Path

from backend.organization.errors import SourceRefused
from backend.organization.rules.places import DataOrigin
from backend.organization.rules.sources.city import CitySource
from backend.organization.rules.sources.lines import SourceFile

PROJECT_DATA = Path(__file__).resolve().parent.parent / "data"


def city_source(*, data: Path = PROJECT_DATA, boundaries: Path | None = None, grid: Path | None = None) -> CitySource:
    """Return the files of a folder, with an operator's boundaries and grid in place of its own where given.

    Raises SourceRefused for a file that is not there or not UTF-8.
    """
    return CitySource(
        divisions=read_file(data / "nantong_divisions.csv"),
        units=read_file(data / "units.csv"),
        categories=read_file(data / "case_categories.csv"),
        category_trees=read_file(data / "category_trees.csv"),
        category_marks=read_file(data / "category_marks.csv"),
        request_types=read_file(data / "case_request_types.csv"),
        workdays=read_file(data / "workday_overrides_cn.csv"),
        boundaries=read_file(boundaries or data / "nantong_boundaries.geojson"),
        danger_words=read_file(data / "danger_words.csv"),
        grid=None if grid is None else read_file(grid),
        boundaries_origin=DataOrigin.PROJECT if boundaries is None else DataOrigin.OPERATOR,
    )


def read_file(path: Path) -> SourceFile:
    """Return a file as text; a byte order mark, which spreadsheets write, is dropped."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceRefused(f"{path}: 无法读取：{error.strerror}", errors={"file": path.name}) from error
    try:
        return SourceFile(name=path.name, text=raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = 1 + raw.count(b"\n", 0, error.start)
        raise SourceRefused.at(path.name, line, "不是 UTF-8 编码") from error
