"""`flask evidence`: sweep what no case needs, at once instead of within the hour."""

from __future__ import annotations

from datetime import timedelta

import click
from flask.cli import AppGroup

from backend.evidence.rules import IN_HAND_FOR, KEY_PARTS
from backend.evidence.use_cases.sweeping import EvidenceSweeper
from mobile_api.services import services

evidence = AppGroup("evidence", help="照片证据。")
_MINUTE_S = 60


@evidence.command("sweep")
@click.option(
    "--older-than-minutes",
    type=click.IntRange(min=0),
    default=int(IN_HAND_FOR.total_seconds()) // _MINUTE_S,
    show_default=True,
    help="只清理早于此时间的未完成上传与无主文件；恢复备份后、停止服务时可用 0。",
)
def sweep(older_than_minutes: int) -> None:
    """清理被删除、被放弃和等待过久的照片，以及数据库中没有记录的文件。"""
    age = timedelta(minutes=older_than_minutes)
    now = services().clock.now()
    sweeper = EvidenceSweeper(store=services().objects, in_hand_for=age, stray_after=age)
    rows = 0
    while True:
        with services().database.transaction() as session:
            swept = sweeper.sweep_rows(session, now=now)
        rows += swept
        if not swept:
            break
    strays = 0
    for part in range(KEY_PARTS):
        with services().database.transaction() as session:
            strays += sweeper.sweep_strays(session, part=part, now=now)
    unfinished = services().objects.clear_unfinished(before=now - age)
    click.echo(f"清理照片 {rows} 张，无主文件 {strays} 个，未写完的文件 {unfinished} 个。")
