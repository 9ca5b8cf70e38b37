"""`flask catalogue`: check and load the services of the eighteen sub-apps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import click
from flask.cli import AppGroup

from backend.infrastructure.settings import Settings
from backend.kernel.clock import SystemClock
from mobile_api.cli.owner import owner_transaction
from mobile_api.services import services
from service_catalog.files import item_fields
from service_catalog.ingestion.load import LoadReport, load_catalogue
from service_catalog.pinyin import pinyin_of
from service_catalog.rules.checks import CHECKS, UNIQUE, UNIQUE_TEXT, Breach, Reference, breaches
from service_catalog.sampling.generator import sample_feed
from service_catalog.sampling.sources import project_sources

catalogue = AppGroup("catalogue", help="服务目录：18 个子应用及其事项。")


@catalogue.command("check")
def check_command() -> None:
    """Print what breaks a consistency rule, by rule and row; with breaches the exit status is 1."""
    feed = sample_feed(project_sources())
    found = list(breaches(feed, Reference.of(feed, item_fields())))
    for line in told(found):
        click.echo(line)
    click.echo(f"共 {len(feed.services)} 行，违反规则 {len(found)} 处。")
    if found:
        raise click.exceptions.Exit(1)


@catalogue.command("load")
@click.option("--dry-run", is_flag=True, help="只检查并报告，不写入。")
def load_command(dry_run: bool) -> None:  # noqa: FBT001 - click hands flags over so
    """Load the catalogue; a second run changes nothing."""
    load(services().settings, click.echo, is_dry_run=dry_run)


def load(settings: Settings, echo: Callable[[str], None], *, is_dry_run: bool = False) -> LoadReport:
    """Load the catalogue as the owner, in one transaction, and say so line by line."""
    echo("生成示例目录……")
    feed = sample_feed(project_sources())
    with owner_transaction(settings) as session:
        report = load_catalogue(
            session, feed=feed, read_title=pinyin_of, now=SystemClock().now(), progress=echo, is_dry_run=is_dry_run
        )
    echo(_outcome(report, is_dry_run=is_dry_run))
    return report


def _outcome(report: LoadReport, *, is_dry_run: bool) -> str:
    if not report.changes:
        return "服务目录没有变化。"
    if is_dry_run:
        return f"试运行：将改动 {report.changes} 处，没有写入。"
    return f"服务目录已加载：改动 {report.changes} 处，第 {report.number} 版（{report.version}）。"


def told(found: Sequence[Breach]) -> list[str]:
    """Return a line for each rule with its count, and a line for each breach after its rule."""
    counts = Counter(breach.check for breach in found)
    lines = []
    for name, text in ((UNIQUE, UNIQUE_TEXT), *((check.name, check.text) for check in CHECKS)):
        lines.append(f"{counts[name]:>5}  {name}  {text}")
        lines.extend(f"       {breach.line}" for breach in found if breach.check == name)
    return lines
