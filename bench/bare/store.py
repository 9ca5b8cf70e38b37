"""What bare holds in memory, and its pool: prepared statements on autocommit connections of the serving role."""

from __future__ import annotations

import hashlib
import itertools
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import psycopg
from psycopg import RawCursor
from psycopg.rows import dict_row
from psycopg.types.json import Json, Jsonb
from psycopg_pool import ConnectionPool

from backend.infrastructure.database import REQUEST_LOCK_TIMEOUT_MS, REQUEST_STATEMENT_TIMEOUT_MS
from backend.kernel.ids import uuid7
from bench.bare import statements

_POOL_SIZE = 16
_DUE = timedelta(days=5)
_COUNTY_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytes:
    """An answer kept as bytes, with its strong entity tag."""

    content: bytes
    etag: str


class Store:
    """The database as bare uses it. ``people`` file in rotation: nobody is asked who they are."""

    def __init__(self, url: str, *, pool_size: int = _POOL_SIZE) -> None:
        limits = f"-cstatement_timeout={REQUEST_STATEMENT_TIMEOUT_MS} -clock_timeout={REQUEST_LOCK_TIMEOUT_MS}"
        self._pool: ConnectionPool[psycopg.Connection[dict[str, Any]]] = ConnectionPool(
            url,
            min_size=1,
            max_size=pool_size,
            open=True,
            kwargs={
                "autocommit": True,
                "prepare_threshold": 0,
                "row_factory": dict_row,
                # Statements go to PostgreSQL as they are written, with ``$n`` for their values.
                "cursor_factory": RawCursor,
                "options": limits,
                "application_name": "bare",
            },
        )
        with self._pool.connection() as connection:
            people = [row["id"] for row in connection.execute("SELECT id FROM person WHERE kind = 'citizen'")]
            centres = connection.execute("SELECT code, id FROM centre")
            self._centres: Mapping[str, uuid.UUID] = {row["code"]: row["id"] for row in centres}
        if not people:
            raise LookupError("bare needs citizens: seed the database first")
        self._people = itertools.cycle(people)
        self._serial = itertools.count()
        # A start of its own keeps the numbers of two processes, and of two runs, apart.
        self._start = secrets.token_hex(4)

    def file(self, body: Mapping[str, Any], key: str, said: bytes) -> dict[str, Any]:
        """File a complaint in one statement and return its receipt."""
        now = datetime.now(UTC)
        due_at = now + _DUE
        case_id, event_id, person_id = uuid7(), uuid7(), next(self._people)
        serial = f"{self._start}{next(self._serial):06x}"
        number, case_number, division = f"BR{serial}", f"BA{serial}", body["division"]
        receipt = {
            "number": number,
            "case_number": case_number,
            "state": "submitted",
            "filed_at": now.isoformat(),
            "due_at": due_at.isoformat(),
        }
        owner = self._centres[division[:_COUNTY_DIGITS]]
        payload = {"case_number": case_number, "owner_centre_id": str(owner), "reporter_number": number}
        category, place = body["category"], body["location"]
        values = (
            *(case_id, case_number, body["request_type"], category["tree"], category["code"], division, owner),
            *(now, due_at, uuid7(), number, person_id, event_id, Jsonb(payload, dumps=orjson.dumps)),
            *(f"relay:{case_id}", Jsonb({"event_id": str(event_id)}, dumps=orjson.dumps), key),
            *(hashlib.sha256(said).digest(), Json(receipt, dumps=orjson.dumps)),
            *(place["longitude"], place["latitude"], place["system"]),
        )
        with self._pool.connection() as connection:
            connection.execute(statements.FILE, values)
        return receipt

    def status(self, number: str) -> dict[str, Any] | None:
        """Return how a complaint stands."""
        with self._pool.connection() as connection:
            return connection.execute(statements.STATUS, (number,)).fetchone()

    def queue(self, centre: str, limit: int) -> list[dict[str, Any]]:
        """Return the first cases that wait for acceptance at a centre, nearest deadline first."""
        with self._pool.connection() as connection:
            return connection.execute(statements.QUEUE, (self._centres[centre], limit)).fetchall()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


def kept_bytes(folder: Path) -> Mapping[str, Bytes]:
    """Return the answers of a folder by their names, read once."""
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
    return {
        name: Bytes(content=content, etag=f'"{hashlib.sha256(content).hexdigest()[:32]}"')
        for name, content in files.items()
    }
