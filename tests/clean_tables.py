"""Brings a worker's database back to what the template holds, between two tests, in a few milliseconds."""

from __future__ import annotations

import psycopg
from psycopg import sql

Fingerprint = dict[str, tuple[int, int]]


class CleanTables:
    """Remembers what the fresh database holds; empties the tables that were empty then.

    A table of the template's own rows (the city, the revision) must come back unchanged: ``reset`` tells when it does
    not, and the database has to be made anew.
    """

    def __init__(self, owner_url: str) -> None:
        self._connection = psycopg.connect(owner_url, autocommit=True)
        # Rows are deleted in any order, and the ledger's own guard against deletion does not fire.
        self._connection.execute("SET session_replication_role = replica")
        tables = self._connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        filled = self._filled([str(row[0]) for row in tables])
        self._emptied = sorted({str(row[0]) for row in tables} - filled)
        self._template_rows = self._fingerprint(filled)

    def reset(self) -> bool:
        """Empty what a test filled. False when it changed rows of the template."""
        for table in self._filled(self._emptied):
            self._connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        return self._fingerprint(set(self._template_rows)) == self._template_rows

    def close(self) -> None:
        """Leave the database."""
        self._connection.close()

    def _filled(self, tables: list[str]) -> set[str]:
        if not tables:
            return set()
        question = sql.SQL(" UNION ALL ").join(
            sql.SQL("(SELECT {} FROM {} LIMIT 1)").format(sql.Literal(table), sql.Identifier(table)) for table in tables
        )
        return {row[0] for row in self._connection.execute(question)}

    def _fingerprint(self, tables: set[str]) -> Fingerprint:
        """Count rows and add up the transactions that wrote them: any insert, update or delete shows."""
        if not tables:
            return {}
        question = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {}, count(*), coalesce(sum(xmin::text::bigint), 0)::bigint FROM {}").format(
                sql.Literal(table), sql.Identifier(table)
            )
            for table in sorted(tables)
        )
        return {name: (count, total) for name, count, total in self._connection.execute(question)}
