"""One case as the product filed it, taken from its tables as COPY writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import psycopg
from psycopg import sql

from backend.cases.ledger import TEXT_CONTEXT
from backend.infrastructure.crypto import Sealed, Sealer

# What a filing writes, and by which column it belongs to its case.
FILED: Mapping[str, str] = MappingProxyType(
    {
        "command_case": "id",
        "case_reporter": "case_id",
        "complaint": "case_id",
        "case_text": "case_id",
        "case_ledger": "case_id",
        "outbox_event": "subject_id",
    }
)

Owner = psycopg.Connection[tuple[object, ...]]


class Template:
    """A row as COPY writes it, to be written again with some of its columns changed."""

    def __init__(self, head: str, line: str) -> None:
        self.columns = tuple(head.split("\t"))
        self._fields = line.split("\t")
        self._at = {name: position for position, name in enumerate(self.columns)}

    def line(self, changes: Mapping[str, str]) -> str:
        """Return the row with other values, in the text format of COPY."""
        fields = self._fields.copy()
        for name, value in changes.items():
            fields[self._at[name]] = value
        return "\t".join(fields) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One case as the product filed it: a row of each table, its texts in clear, and where cases may lie."""

    rows: Mapping[str, Template]
    texts: Mapping[str, Template]
    clear: Mapping[str, str]
    entry: str
    case_id: str
    centre_id: str
    counties: Sequence[tuple[str, str]]
    towns: Sequence[tuple[str, str]]


def take_sample(owner: Owner, sealer: Sealer, number: str) -> Sample:
    """Read a case by the number of its complaint."""
    found = owner.execute("SELECT case_id FROM complaint WHERE number = %s", (number,)).fetchone()
    assert found is not None, f"no complaint {number}"  # noqa: S101 - it was filed a moment ago
    case_id = str(found[0])
    rows = {table: _templates(owner, table, key, case_id)[0] for table, key in FILED.items()}
    texts, clear = {}, {}
    stored = owner.execute("SELECT id, field FROM case_text WHERE case_id = %s ORDER BY id", (case_id,)).fetchall()
    for (text_id, field), row in zip(stored, _templates(owner, "case_text", "case_id", case_id), strict=True):
        texts[str(field)] = row
        clear[str(field)] = _opened(owner, sealer, str(text_id))
    [(entry, centre_id)] = owner.execute(
        "SELECT l.entry, c.owner_centre_id FROM case_ledger l JOIN command_case c ON c.id = l.case_id WHERE c.id = %s",
        (case_id,),
    ).fetchall()
    places: dict[str, list[tuple[str, str]]] = {"county": [], "town": []}
    for level, centre, division in owner.execute("SELECT level, id, division_code FROM centre WHERE level <> 'city'"):
        places[str(level)].append((str(centre), str(division)))
    return Sample(
        rows=rows,
        texts=texts,
        clear=clear,
        entry=str(entry),
        case_id=case_id,
        centre_id=str(centre_id),
        counties=places["county"],
        towns=places["town"],
    )


def _templates(owner: Owner, table: str, key: str, case_id: str) -> list[Template]:
    """Return the rows of a table that belong to a case, oldest first."""
    query = sql.SQL("COPY (SELECT * FROM {} WHERE {} = {} ORDER BY 1) TO STDOUT (HEADER)").format(
        sql.Identifier(table), sql.Identifier(key), sql.Literal(case_id)
    )
    with owner.cursor().copy(query) as copied:
        text = b"".join(bytes(part) for part in copied).decode()
    head, *found = text.rstrip("\n").split("\n")
    return [Template(head, line) for line in found]


def _opened(owner: Owner, sealer: Sealer, text_id: str) -> str:
    query = "SELECT text_key_id, text_sealed FROM case_text WHERE id = %s"
    [(key_id, sealed)] = owner.execute(query, (text_id,)).fetchall()
    assert isinstance(sealed, bytes)  # noqa: S101 - what psycopg makes of a bytea
    return sealer.open(Sealed(str(key_id), sealed), context=TEXT_CONTEXT.format(text_id))
