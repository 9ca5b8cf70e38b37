"""Brings a backup back into an empty database, and tells whether all of it came."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from backend.infrastructure.backup.manifest import DUMP_FILE, Manifest, contents_of, sha256_of
from backend.infrastructure.backup.programs import run_program
from backend.infrastructure.backup.refusals import BackupRefused
from backend.infrastructure.serials import BLOCK

# Numbers that were told to people after the backup must not be given to others: half of what a day can have.
_SKIPPED_SERIALS = 500_000
Say = Callable[[str], None]


def checked_manifest(folder: Path, *, known_key_ids: set[str]) -> Manifest:
    """Return the manifest of a whole backup whose personal data the keys at hand can read, or refuse."""
    manifest = Manifest.read(folder)
    dump = folder / DUMP_FILE
    if not dump.is_file() or dump.stat().st_size != manifest.dump_bytes or sha256_of(dump) != manifest.dump_sha256:
        raise BackupRefused(f"{dump} 与清单不符：文件不完整或被改动。")
    missing = sorted(set(manifest.key_ids) - known_key_ids)
    if missing:
        raise BackupRefused(
            f"缺少个人信息密钥 {'、'.join(missing)}：请先把原来的 BAITONG_PERSONAL_DATA_KEYS 与 "
            "BAITONG_BLIND_INDEX_KEY 放回设置，否则恢复出的个人信息无法读取。"
        )
    return manifest


def make_database_beside(url: str, name: str, *, serving_role: str) -> str:
    """Make a new database on the same server for both roles, and return its URL. Refuses a name that is taken."""
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(serving_role))
            )
    except (psycopg.errors.DuplicateDatabase, psycopg.errors.InsufficientPrivilege) as error:
        raise BackupRefused(f"无法建立数据库 {name}：已经存在，或属主角色无权建库。") from error
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def refuse_used_database(url: str) -> None:
    """Refuse a database that holds a table, or that anybody serves from at this moment."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchone()
        serving = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND application_name LIKE 'baitong%'"
        ).fetchone()
    if serving is not None and serving[0]:
        raise BackupRefused(f"有 {serving[0]} 个连接正在使用此数据库：请先停止网站与后台任务。")
    if tables is not None and tables[0]:
        raise BackupRefused("数据库不是空的：恢复不覆盖任何数据。请建一个空库，或用 --into 指定新库名。")


def restore_dump(folder: Path, manifest: Manifest, *, url: str, say: Say) -> None:
    """Load the dump and compare what came with what the manifest says. All or nothing."""
    say(f"导入 {manifest.dump_bytes >> 20} MiB…")
    words = ("--no-owner", "--no-acl", "--exit-on-error", "--single-transaction", str(folder / DUMP_FILE))
    run_program("pg_restore", words, url=url)
    say("核对条数与台账摘要…")
    with psycopg.connect(url) as connection:
        found = contents_of(connection, manifest.schema)
    if found != manifest.contents:
        wrong = sorted(t for t, count in manifest.contents.rows.items() if found.rows.get(t) != count) or [
            "case_ledger"
        ]
        raise BackupRefused(f"恢复的内容与清单不符：{'、'.join(wrong)}。不要使用这个数据库。")


def skip_told_numbers(url: str, schema: str) -> None:
    """Move the serials on, so that a number told to somebody after the backup is not told to somebody else."""
    with psycopg.connect(url) as connection:
        sequences = connection.execute(
            "SELECT sequencename FROM pg_sequences WHERE schemaname = %s AND increment_by = %s", (schema, BLOCK)
        ).fetchall()
        for (sequence,) in sequences:
            name = sql.Identifier(schema, str(sequence))
            connection.execute(
                sql.SQL("SELECT setval({}, last_value + {}) FROM {}").format(
                    sql.Literal(name.as_string(connection)), sql.Literal(_SKIPPED_SERIALS), name
                )
            )
