"""Makes a backup of one instant while writes go on: the dump and what the manifest says see the same snapshot."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import psycopg

from backend.infrastructure.backup.manifest import DUMP_FILE, MANIFEST_FILE, Manifest, contents_of, sha256_of
from backend.infrastructure.backup.programs import run_program
from backend.infrastructure.backup.refusals import BackupRefused
from backend.infrastructure.embedded.data_dir import PROJECT_DIR
from backend.infrastructure.embedded.private_files import write_private

_OWNER_ONLY_DIR, _OWNER_ONLY = 0o700, 0o600
Say = Callable[[str], None]


def make_backup(*, url: str, schema: str, target: Path, key_ids: list[str], now: datetime, say: Say) -> Path:
    """Write a new folder below ``target`` and return it. Until it is whole it has another name.

    ``url`` is the owner's. Raises BackupRefused; then nothing is left behind.
    """
    _refuse_project_folder(target)
    target.mkdir(parents=True, exist_ok=True, mode=_OWNER_ONLY_DIR)
    whole = target / f"baitong-{now:%Y%m%dT%H%M%SZ}"
    unfinished = target / f".unfinished-{whole.name}-{os.getpid()}"
    unfinished.mkdir(mode=_OWNER_ONLY_DIR)
    try:
        manifest = _dump(url=url, schema=schema, folder=unfinished, key_ids=key_ids, now=now, say=say)
        write_private(unfinished / MANIFEST_FILE, manifest.text())
        _sync(unfinished / DUMP_FILE)
        unfinished.rename(whole)
        _sync(target)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return whole


def _dump(*, url: str, schema: str, folder: Path, key_ids: list[str], now: datetime, say: Say) -> Manifest:
    dump = folder / DUMP_FILE
    with psycopg.connect(url, application_name="baitong-backup") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        snapshot, size_bytes, version = connection.execute(
            "SELECT pg_export_snapshot(), pg_database_size(current_database()), current_setting('server_version')"
        ).fetchone() or ("", 0, "")
        _refuse_small_disk(folder, int(size_bytes))
        say(f"导出数据库（{int(size_bytes) >> 20} MiB）…")
        dump.touch(mode=_OWNER_ONLY)
        words = ("--format=custom", "--no-owner", "--no-acl", "--lock-wait-timeout=10s")
        run_program("pg_dump", (*words, f"--snapshot={snapshot}", f"--file={dump}"), url=url)
        say("清点与摘要…")
        contents = contents_of(connection, schema)
    return Manifest(
        made_at=now.isoformat(),
        postgres_version=str(version),
        schema=schema,
        key_ids=key_ids,
        dump_bytes=dump.stat().st_size,
        dump_sha256=sha256_of(dump),
        contents=contents,
    )


def _refuse_project_folder(target: Path) -> None:
    """A copy of everybody's data must not end up in somebody's commit. The folder .data never does."""
    inside = target.resolve()
    if inside.is_relative_to(PROJECT_DIR) and not inside.is_relative_to(PROJECT_DIR / ".data"):
        raise BackupRefused(f"{target} 在项目目录之内，可能被提交：请用 --to 指定别处。")


def _refuse_small_disk(folder: Path, size_bytes: int) -> None:
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < size_bytes:
        raise BackupRefused(
            f"磁盘空间不足：数据库 {size_bytes >> 20} MiB，{folder.parent} 只剩 {free_bytes >> 20} MiB。"
        )


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
