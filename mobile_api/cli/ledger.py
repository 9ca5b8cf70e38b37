"""`flask ledger`: is history still what it was?"""

from __future__ import annotations

import click
from flask.cli import AppGroup

from backend.cases.verification import verify_ledger
from mobile_api.services import services

ledger = AppGroup("ledger", help="工单台账。")


@ledger.command("verify")
@click.option("--case", "number", metavar="NUMBER", help="只核对这一件工单。")
def verify(number: str | None) -> None:
    """Check every chain, every digest and every stored state; exit 1 when anything is not as it was written."""
    found = 0
    checked = 0
    for result in verify_ledger(services().database, sealer=services().sealer, number=number):
        checked += 1
        for breach in result.breaches:
            found += 1
            click.echo(f"{result.number}\t{breach}")
        if checked % 10_000 == 0:
            click.echo(f"已核对 {checked} 件…", err=True)
    if number is not None and checked == 0:
        raise click.ClickException(f"没有工单 {number}。")
    click.echo(f"核对工单 {checked} 件，发现问题 {found} 处。")
    if found:
        raise SystemExit(1)
