"""What a restore refuses before it touches anything: a backup that is not whole, and keys that are missing."""

from __future__ import annotations

import hashlib
import json

import psycopg
import pytest

from backend.infrastructure.backup.manifest import key_names
from backend.infrastructure.backup.refusals import BackupRefused
from backend.infrastructure.backup.restoring import checked_manifest, refuse_used_database

DUMP = b"what pg_dump wrote"
MANIFEST = {
    "format": 1,
    "made_at": "2026-11-25T10:00:00+00:00",
    "postgres_version": "18.6",
    "schema": "public",
    "key_ids": ["k1"],
    "dump_bytes": len(DUMP),
    "dump_sha256": hashlib.sha256(DUMP).hexdigest(),
    "contents": {"revision": "0001", "rows": {}, "cases": 0, "ledger_sha256": ""},
}


@pytest.fixture
def folder(tmp_path):
    """Return what writes a backup with a manifest that differs from a good one."""

    def write(**differences):
        (tmp_path / "database.dump").write_bytes(DUMP)
        (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST | differences), encoding="utf-8")
        return tmp_path

    return write


def test_a_whole_backup_is_taken(folder):
    assert checked_manifest(folder(), known_key_ids={"k1", "k2"}).dump_bytes == len(DUMP)


@pytest.mark.parametrize(
    ("differences", "why"),
    [
        ({"format": 2}, "格式"),
        ({"dump_bytes": len(DUMP) + 1}, "不完整"),
        ({"dump_sha256": "0" * 64}, "被改动"),
        ({"key_ids": ["k1", "lost"]}, "密钥 lost"),
        ({"contents": {}}, "不是完整的备份"),
    ],
)
def test_a_backup_that_cannot_be_trusted_is_refused(folder, differences, why):
    with pytest.raises(BackupRefused, match=why):
        checked_manifest(folder(**differences), known_key_ids={"k1", "k2"})


def test_another_key_of_the_same_name_and_another_blind_index_key_are_told_by_their_names():
    ours = key_names({"k1": b"a" * 32}, b"x" * 32)

    assert ours == key_names({"k1": b"a" * 32}, b"x" * 32)
    assert len(set(ours) & set(key_names({"k1": b"b" * 32}, b"x" * 32))) == 1
    assert len(set(ours) & set(key_names({"k1": b"a" * 32}, b"y" * 32))) == 1
    assert not any(secret in name for name in ours for secret in ("61616161", "78787878"))


def test_a_folder_without_a_manifest_is_no_backup(tmp_path):
    with pytest.raises(BackupRefused, match="不是完整的备份"):
        checked_manifest(tmp_path, known_key_ids={"k1"})


def test_a_database_that_somebody_serves_from_is_refused(empty_database_urls):
    with (
        psycopg.connect(empty_database_urls.serving, application_name="baitong"),
        pytest.raises(BackupRefused, match="正在使用"),
    ):
        refuse_used_database(empty_database_urls.owner)


def test_a_database_that_holds_a_table_is_refused_and_an_empty_one_is_not(empty_database_urls):
    refuse_used_database(empty_database_urls.owner)
    with psycopg.connect(empty_database_urls.owner) as owner:
        owner.execute("CREATE TABLE note (id int)")

    with pytest.raises(BackupRefused, match="不是空的"):
        refuse_used_database(empty_database_urls.owner)
