"""Rules that are dated rows: loaded from a CSV file of the project, each row valid from a day until another."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.infrastructure.database import Base
from backend.kernel.errors import Invalid
from backend.kernel.ids import uuid7

Values = Mapping[str, object]


class RulesFileRefused(Invalid):
    """A file of rules holds a row that cannot be taken. Nothing of the load is kept."""

    code = "rules-file-refused"
    default_detail = "规则文件有误，没有加载任何内容。"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesReport:
    """What a load did with the rows of one table."""

    table: str
    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesFile:
    """A file of dated rows, and the table it fills.

    ``key`` names the columns that say what a row is about: of two rows about one thing, the days must not overlap.
    ``read`` makes the values of the other columns from the cells of a line; it raises ValueError or KeyError.
    """

    path: Path
    table: type[Base]
    key: tuple[str, ...]
    read: Callable[[Mapping[str, str]], Values]


def load_dated_rows(session: Session, rules: RulesFile) -> RulesReport:
    """Bring the table to what the file says. A second run changes nothing. Raises RulesFileRefused.

    Rows that the file no longer names stay: cases were decided by them. To end a rule, give it a ``valid_to``.
    """
    table: Any = rules.table  # its columns are named by the file, not by this module
    stored = {_identity(rules, vars(row)): row for row in session.scalars(select(table))}
    wanted = dict(_wanted(rules))
    _refuse_overlap_with_stored(rules, wanted, [vars(row) for key, row in stored.items() if key not in wanted])
    added = changed = 0
    for identity, values in wanted.items():
        row = stored.get(identity)
        if row is None:
            session.add(table(id=uuid7(), **values))
            added += 1
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changed += 1
    session.flush()  # a broken constraint must show here, where the caller names the file
    return RulesReport(
        table=rules.table.__tablename__, added=added, changed=changed, unchanged=len(wanted) - added - changed
    )


def _wanted(rules: RulesFile) -> Iterator[tuple[tuple[object, ...], Values]]:
    periods: dict[tuple[object, ...], list[tuple[date, date | None]]] = {}
    with rules.path.open(encoding="utf-8", newline="") as lines:
        for line, cells in enumerate(csv.DictReader(lines), start=2):
            try:
                values = {**rules.read(cells), **_period(cells)}
                _refuse_overlap(periods, tuple(values[name] for name in rules.key), values)
            except (KeyError, ValueError, TypeError) as error:
                where = f"{rules.path.name}:{line}"
                raise RulesFileRefused(f"{where}: {error}", errors={"file": rules.path.name, "line": line}) from error
            yield _identity(rules, values), values


def _period(cells: Mapping[str, str]) -> dict[str, date | None]:
    valid_from = date.fromisoformat(cells["valid_from"])
    valid_to = date.fromisoformat(cells["valid_to"]) if cells["valid_to"] else None
    if valid_to is not None and valid_to <= valid_from:
        raise ValueError("valid_to 须晚于 valid_from")
    return {"valid_from": valid_from, "valid_to": valid_to}


def _refuse_overlap(
    periods: dict[tuple[object, ...], list[tuple[date, date | None]]], key: tuple[object, ...], values: Values
) -> None:
    begins, ends = values["valid_from"], values["valid_to"]
    assert isinstance(begins, date)  # noqa: S101 - made by _period just before
    assert ends is None or isinstance(ends, date)  # noqa: S101 - as above
    for other_begins, other_ends in periods.setdefault(key, []):
        if (other_ends is None or begins < other_ends) and (ends is None or other_begins < ends):
            raise ValueError(f"同一天有两条规则：{'/'.join(map(str, key))}")
    periods[key].append((begins, ends))


def _refuse_overlap_with_stored(
    rules: RulesFile, wanted: Mapping[tuple[object, ...], Values], others: Sequence[Values]
) -> None:
    """Refuse a file that would leave two rules for one day: a row it no longer names must have ended."""
    periods: dict[tuple[object, ...], list[tuple[date, date | None]]] = {}
    for values in (*wanted.values(), *others):
        try:
            _refuse_overlap(periods, tuple(values[name] for name in rules.key), values)
        except ValueError as error:
            told = f"{rules.path.name}: 库中还有未结束的规则，请在文件中写出该行并给出 valid_to。{error}"
            raise RulesFileRefused(told, errors={"file": rules.path.name}) from error


def _identity(rules: RulesFile, values: Values) -> tuple[object, ...]:
    return tuple(values[name] for name in (*rules.key, "valid_from"))
