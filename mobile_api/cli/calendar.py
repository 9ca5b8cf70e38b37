"""`flask calendar`: the working days of a year, from the State Council's notice; and what they make of open cases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import AppGroup

from backend.cases.recomputing import Recomputation, Recomputed, recompute_dues
from backend.organization.rules.working_days import CalendarChange, WorkdayOverride
from backend.organization.use_cases.city_files import read_file
from backend.organization.use_cases.import_calendar import import_calendar
from mobile_api.cli.owner import owner_transaction
from mobile_api.services import services

calendar = AppGroup("calendar", help="工作日历：节假日与调休。")


@calendar.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只检查并报告，不写入。")
def import_command(file: Path, dry_run: bool) -> None:  # noqa: FBT001 - click hands flags over so
    """Import days off and make-up working days, then compute the dues of open cases anew. Safe to run again."""
    now = services().clock.now()
    with owner_transaction(services().settings) as session:
        imported = import_calendar(session, file=read_file(file), now=now, is_dry_run=dry_run)
    for line in _told(imported.change):
        click.echo(line)
    run = Recomputation(
        city=imported.city,
        sealer=services().sealer,
        now=now,
        progress=lambda done: click.echo(f"已核对未结工单 {done.looked_at} 件…", err=True),
        is_dry_run=dry_run,
    )
    done = recompute_dues(services().database, run)
    click.echo(_outcome(done, is_dry_run=dry_run))
    # A complaint that was being filed while the calendar changed was decided by the old one: look again.
    while done.changed and not dry_run:
        done = recompute_dues(services().database, run)


def _told(change: CalendarChange) -> Iterator[str]:
    if change.is_nothing:
        yield "工作日历没有变化。"
    for row in change.added:
        yield f"新增 {_day(row)}"
    for before, after in change.changed:
        yield f"变更 {_day(before)} → {_day(after)}"
    for row in change.removed:
        yield f"移除 {_day(row)}"
    for year in sorted(change.became_official):
        yield f"{year} 年成为正式年份。"
    for year in sorted(change.no_longer_official):
        yield f"{year} 年不再是正式年份。"


def _day(row: WorkdayOverride) -> str:
    return f"{row.day} {'上班' if row.is_workday else '休息'} {row.name}（{row.status}，{row.source}）"


def _outcome(done: Recomputed, *, is_dry_run: bool) -> str:
    verb = "试运行：将" if is_dry_run else "已"
    outcome = (
        f"{verb}重算未结工单 {done.looked_at} 件：推后 {done.later}，提前 {done.earlier}，只变暂定标记 {done.marked}"
    )
    kept = f"；{done.unreadable} 件所依据的规则已不在，期限保留" if done.unreadable else ""
    return f"{outcome}{kept}{'，没有写入' if is_dry_run else ''}。"
