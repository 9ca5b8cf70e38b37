"""`flask backup` and `flask restore`: a whole copy of the database, and its way back into an empty one."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import with_appcontext

from backend.cases.verification import verify_ledger
from backend.infrastructure.backup.making import make_backup
from backend.infrastructure.backup.manifest import Manifest, key_names
from backend.infrastructure.backup.refusals import BackupRefused
from backend.infrastructure.backup.restoring import (
    checked_manifest,
    make_database_beside,
    refuse_used_database,
    restore_dump,
    skip_told_numbers,
)
from backend.infrastructure.database import Database, role_of
from backend.infrastructure.settings import Settings
from mobile_api.cli.db import upgrade_and_grant
from mobile_api.cli.owner import owner_url
from mobile_api.services import services

_STATEMENT_TIMEOUT_MS = 60_000


@click.command("backup")
@click.option("--to", "target", type=click.Path(path_type=Path, file_okay=False), help="备份放在此目录之下。")
@with_appcontext
def backup(target: Path | None) -> None:
    """备份整个数据库：一个时刻的完整内容，写入期间服务照常。密钥不在其中。"""
    settings = services().settings
    say = _progress()
    try:
        folder = make_backup(
            url=owner_url(settings),
            schema=settings.database_schema,
            target=target or settings.data_dir / "backups",
            key_ids=key_names(settings.personal_data_keys, settings.blind_index_key),
            now=services().clock.now(),
            say=say,
        )
    except BackupRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    made = Manifest.read(folder)
    say(f"完成：{made.contents.cases} 件工单，{made.dump_bytes >> 10} KiB，台账摘要 {made.contents.ledger_sha256[:16]}")
    click.echo(str(folder))
    click.echo(
        "备份不含密钥。请另外保存 BAITONG_PERSONAL_DATA_KEYS 与 BAITONG_BLIND_INDEX_KEY（make run 存于 serve.env），"
        "且不要与备份放在一处：没有密钥，备份中的个人信息无法读取；两者兼有者可以读取全部。",
        err=True,
    )


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--into", "name", help="在同一服务器上新建此数据库并恢复到其中；不给则恢复到属主地址所指的空库。")
@with_appcontext
def restore(folder: Path, name: str | None) -> None:
    """把备份恢复到空库：核对清单，导入，授权，迁移到本版本，最后核对整个台账。"""
    settings = services().settings
    say = _progress()
    try:
        known = key_names(settings.personal_data_keys, settings.blind_index_key)
        manifest = checked_manifest(folder, known_key_ids=set(known))
        say(f"备份完好：{manifest.made_at}，{manifest.contents.cases} 件工单")
        url = owner_url(settings)
        if name is not None:
            url = make_database_beside(url, name, serving_role=role_of(settings.database_url) or "")
        refuse_used_database(url)
        restore_dump(folder, manifest, url=url, say=say)
        skip_told_numbers(url, manifest.schema)
    except BackupRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    say("迁移与授权…")
    upgrade_and_grant(dataclasses.replace(settings, database_owner_url=url))
    _verify(settings, url, say)
    say(f"恢复完成。此后丢失的是 {manifest.made_at} 之后的写入。")


def _verify(settings: Settings, url: str, say: Callable[[str], None]) -> None:
    say("核对台账…")
    database = Database(url, schema=settings.database_schema, pool_size=1, statement_timeout_ms=_STATEMENT_TIMEOUT_MS)
    try:
        verdicts = list(verify_ledger(database, sealer=services().sealer))
    finally:
        database.dispose()
    breaches = [f"{verdict.number}\t{breach}" for verdict in verdicts for breach in verdict.breaches]
    for breach in breaches[:100]:
        click.echo(breach)
    if breaches:
        raise click.ClickException(f"台账有 {len(breaches)} 处问题：不要使用这个数据库。")
    say(f"台账完好：{len(verdicts)} 件")


def _progress() -> Callable[[str], None]:
    """Return what tells a step with the seconds so far."""
    begun_s = time.monotonic()

    def say(step: str) -> None:
        click.echo(f"[{time.monotonic() - begun_s:6.1f} s] {step}", err=True)

    return say
