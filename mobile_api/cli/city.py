"""`flask city`: load the city from the project's own copy of the data, or in part from an operator's files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import AppGroup

from backend.infrastructure.settings import Settings
from backend.kernel.clock import SystemClock
from backend.organization.use_cases.city_files import city_source
from backend.organization.use_cases.load_city import load_city
from backend.organization.use_cases.load_report import LoadReport
from mobile_api.cli.owner import owner_transaction
from mobile_api.services import services

city = AppGroup("city", help="城市数据：区划、指挥中心、承办单位、事项类别、工作日历、网格。")


@city.command("load")
@click.option("--dry-run", is_flag=True, help="只检查并报告，不写入。")
@click.option(
    "--boundaries",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="以此 GeoJSON 文件替换项目自带的县级边界。",
)
@click.option(
    "--grid",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="以此 GeoJSON 文件替换项目自带的示例网格。",
)
def load_command(dry_run: bool, boundaries: Path | None, grid: Path | None) -> None:  # noqa: FBT001 - click hands flags over so
    """Load the city; a second run changes nothing."""
    load(services().settings, click.echo, boundaries=boundaries, grid=grid, is_dry_run=dry_run)


def load(
    settings: Settings,
    echo: Callable[[str], None],
    *,
    boundaries: Path | None = None,
    grid: Path | None = None,
    is_dry_run: bool = False,
) -> LoadReport:
    """Load the city as the owner, in one transaction, and say so line by line.

    Raises ClickException with file and line for a bad row; then nothing is kept.
    """
    with owner_transaction(settings) as session:
        report = load_city(
            session,
            source=city_source(boundaries=boundaries, grid=grid),
            now=SystemClock().now(),
            progress=echo,
            is_dry_run=is_dry_run,
        )
    echo(_outcome(report, is_dry_run=is_dry_run))
    return report


def _outcome(report: LoadReport, *, is_dry_run: bool) -> str:
    if not report.changes:
        return "城市数据没有变化。"
    if is_dry_run:
        return f"试运行：将改动 {report.changes} 行，没有写入。"
    return f"城市数据已加载：改动 {report.changes} 行，版本 {report.version}。"
