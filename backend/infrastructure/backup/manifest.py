"""What a backup says of itself, so that a restore can tell whether it is whole and whether all of it came back."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql

from backend.infrastructure.backup.refusals import BackupRefused

FORMAT = 1
DUMP_FILE, MANIFEST_FILE = "database.dump", "manifest.json"
_CHUNK_BYTES = 1 << 20
_FINGERPRINT = b"backup.key"
_HEADS = "SELECT DISTINCT ON (case_id) case_id, seq, hash FROM {} ORDER BY case_id, seq DESC"


def key_names(keys: Mapping[str, bytes], blind_index_key: bytes) -> list[str]:
    """Return the names of keys as a manifest keeps them: the id, and a fingerprint that tells nothing of the key.

    Two installations may call different keys by one id; and by another blind index key nobody is found again.
    """
    named = {**keys, "blind-index": blind_index_key}
    return sorted(f"{name}:{hmac.digest(key, _FINGERPRINT, 'sha256').hex()[:12]}" for name, key in named.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a database holds: its revision, the rows of each table, and one digest over the newest entry of every case.

    The chain makes that digest speak for the whole ledger: an entry that is missing or was changed shows in it.
    """

    revision: str
    rows: Mapping[str, int]
    cases: int
    ledger_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The file beside the dump. ``key_ids`` name the keys without which its personal data cannot be read or found."""

    made_at: str
    postgres_version: str
    schema: str
    key_ids: list[str]
    dump_bytes: int
    dump_sha256: str
    contents: Contents
    format: int = FORMAT

    def text(self) -> str:
        """Return the file's text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the manifest of a backup. Raises BackupRefused when it is none, or of another format."""
        try:
            values = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
            if values["format"] != FORMAT:
                raise BackupRefused(f"备份格式为 {values['format']}，本版本只能读取 {FORMAT}。")
            return cls(**(values | {"contents": Contents(**values["contents"])}))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BackupRefused(f"{folder} 不是完整的备份：{MANIFEST_FILE} 缺失或无法读取。") from error


def contents_of(connection: psycopg.Connection[tuple[object, ...]], schema: str) -> Contents:
    """Count and digest what the transaction of this connection sees."""
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", (schema,)
    ).fetchall()
    rows: dict[str, int] = {}
    for (table,) in tables:
        counted = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, str(table))))
        rows[str(table)] = int(str((counted.fetchone() or (0,))[0]))
    revision = connection.execute(
        sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(schema, "alembic_version"))
    ).fetchone()
    cases, digest = 0, hashlib.sha256()
    with connection.cursor("ledger_heads") as heads:
        for case_id, seq, head in heads.execute(sql.SQL(_HEADS).format(sql.Identifier(schema, "case_ledger"))):
            digest.update(f"{case_id}:{seq}:{bytes(head).hex()}\n".encode())  # type: ignore[call-overload]  # bytea
            cases += 1
    return Contents(
        revision=str(revision[0]) if revision else "", rows=rows, cases=cases, ledger_sha256=digest.hexdigest()
    )


def sha256_of(path: Path) -> str:
    """Return the digest of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
