"""Lines of a CSV file, read cell by cell; what cannot be taken is refused with file and line."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from backend.organization.errors import SourceRefused

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file as it was read: its name for people, and its text."""

    name: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record of a file, and the line it begins on. Cells are trimmed."""

    file: str
    number: int
    cells: Mapping[str, str]

    def refused(self, complaint: str) -> SourceRefused:
        """Return the refusal of this line."""
        return SourceRefused.at(self.file, self.number, complaint)

    def text(self, column: str) -> str:
        """Return a cell that must not be empty."""
        if not self.cells[column]:
            raise self.refused(f"{column} 不能为空")
        return self.cells[column]

    def optional(self, column: str) -> str | None:
        """Return a cell, or None when it is empty."""
        return self.cells[column] or None

    def one_of(self, column: str, closed_set: type[E]) -> E:
        """Return the member of a closed set that a cell names."""
        try:
            return closed_set(self.cells[column])
        except ValueError:
            raise self.refused(f"{column} 应为 {'、'.join(closed_set)} 之一，不是 {self.cells[column]!r}") from None

    def number_of(self, column: str, *, low: int, high: int) -> int:
        """Return a whole number of a range."""
        cell = self.cells[column]
        # isdecimal alone would take Arabic-Indic digits, and int() underscores and signs.
        if not (cell.isascii() and cell.isdecimal() and len(cell) <= len(str(high)) and low <= int(cell) <= high):
            raise self.refused(f"{column} 应为 {low} 到 {high} 的整数，不是 {cell!r}")
        return int(cell)

    def day(self, column: str) -> date:
        """Return a date written as 2026-01-31."""
        try:
            return date.fromisoformat(self.cells[column])
        except ValueError:
            raise self.refused(f"{column} 应为日期，如 2026-01-31，不是 {self.cells[column]!r}") from None

    def flag(self, column: str) -> bool:
        """Return whether a cell says 1; it must be 0 or 1."""
        return bool(self.number_of(column, low=0, high=1))

    def parts(self, column: str, separator: str) -> tuple[str, ...]:
        """Return the parts of a cell, without empty ones."""
        return tuple(part.strip() for part in self.cells[column].split(separator) if part.strip())


def lines_of(file: SourceFile, columns: Sequence[str]) -> Iterator[Line]:
    """Return the records of a file that has at least these columns. Raises SourceRefused."""
    records = _records(file)
    _, header = next(records, (1, []))
    missing = [column for column in columns if column not in header]
    if missing:
        raise SourceRefused.at(file.name, 1, f"缺少列：{'、'.join(missing)}")
    for number, record in records:
        if len(record) != len(header):
            raise SourceRefused.at(file.name, number, f"应有 {len(header)} 列，实有 {len(record)} 列")
        cells = {column: cell.strip() for column, cell in zip(header, record, strict=True)}
        for column, cell in cells.items():
            if any(unicodedata.category(character) == "Cc" for character in cell):
                raise SourceRefused.at(file.name, number, f"{column} 含有控制字符")
        yield Line(file=file.name, number=number, cells=cells)


def _records(file: SourceFile) -> Iterator[tuple[int, list[str]]]:
    """Return the records with the line each begins on; a quoted cell may span lines."""
    reader = csv.reader(io.StringIO(file.text, newline=""), strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise SourceRefused.at(file.name, begins, f"不是合格的 CSV：{error}") from error
        if record:
            yield begins, record
