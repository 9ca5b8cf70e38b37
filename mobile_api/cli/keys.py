"""`flask keys`: which keys seal what, and sealing everything anew with the current one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import click
from flask.cli import AppGroup

from backend.data_protection.fields import ERASURE_WORDS, FIELDS, RETENTION_WORDS, SealedField
from backend.data_protection.rotation import BATCH, Progress, key_uses, rotate, waiting
from mobile_api.cli.owner import owner_database
from mobile_api.services import services

keys = AppGroup("keys", help="个人信息的加密密钥。")


@keys.command("status")
def status() -> None:
    """Show how many values each key and cipher seals, and which keys may go."""
    settings = services().settings
    sealed: Counter[str] = Counter()
    with owner_database(settings) as database:
        for use in key_uses(database):
            sealed[use.key_id] += use.count
            click.echo(f"{use.field}\t{use.key_id}\t{use.cipher}\t{use.count}")
    click.echo(f"新数据使用密钥 {settings.personal_data_key_id}，算法 {settings.cipher.title}")
    for key_id in settings.personal_data_keys:
        if not sealed[key_id] and key_id != settings.personal_data_key_id:
            click.echo(f"密钥 {key_id} 不再加密任何数据；确认备份中也不再需要后，可以移除。")
    for key_id in sorted(sealed.keys() - settings.personal_data_keys.keys()):
        click.echo(f"缺少密钥 {key_id}：{sealed[key_id]} 个值无法解密。", err=True)


@keys.command("rotate")
@click.option("--dry-run", is_flag=True, help="只显示将要重新加密的数量。")
@click.option("--batch", default=BATCH, show_default=True, type=click.IntRange(1, 5000), help="每个事务的行数。")
def rotate_keys(dry_run: bool, batch: int) -> None:  # noqa: FBT001 - click hands over a flag
    """Seal every value anew with the current key and cipher; may be interrupted and run again."""
    sealer = services().sealer
    with owner_database(services().settings) as database:
        steps = waiting(database, sealer=sealer) if dry_run else rotate(database, sealer=sealer, batch=batch)
        last = _shown(steps)
    broken = sum(step.broken for step in last)
    left = sum(step.total - step.done - step.broken for step in last)
    if dry_run:
        click.echo(f"需要重新加密 {left} 个值。")
        return
    click.echo(f"已重新加密 {sum(step.done for step in last)} 个值；正被占用 {left} 个，无法解密 {broken} 个。")
    if broken or left:
        raise click.ClickException("还有未完成的值：被占用的请再次运行；无法解密的请检查 BAITONG_PERSONAL_DATA_KEYS。")


@keys.command("fields")
def fields() -> None:
    """Show every field of personal data: its purpose, how long it is kept, and what an erasure does to it."""
    for field in FIELDS:
        words = (RETENTION_WORDS[field.retention], f"注销时{ERASURE_WORDS[field.on_erasure]}")
        click.echo("\t".join((field.name, field.purpose, *words, "加密" if isinstance(field, SealedField) else "")))


def _shown(steps: Iterable[Progress]) -> list[Progress]:
    """Show each step, and return the last one of each field."""
    last: dict[str, Progress] = {}
    for step in steps:
        last[step.field] = step
        click.echo(f"{step.field}\t{step.done}/{step.total}")
    return list(last.values())
