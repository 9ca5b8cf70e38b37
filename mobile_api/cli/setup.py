"""`flask setup`: everything between an empty database and one that can serve. A second run changes nothing."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from backend.cases.adopting import Adoption, adopt_current_workflow
from backend.infrastructure.settings import Environment
from backend.organization.queries.city import city_snapshot
from mobile_api.cli.catalogue import load as load_catalogue
from mobile_api.cli.city import load as load_city
from mobile_api.cli.db import upgrade_and_grant
from mobile_api.cli.people import add_demo_accounts
from mobile_api.cli.rules import load_rules
from mobile_api.services import services


@click.command("setup")
@with_appcontext
def setup() -> None:
    """Migrate, load the city, the catalogue and the rules, and in development add the demo accounts."""
    settings = services().settings
    click.echo("数据库迁移…")
    upgrade_and_grant(settings)
    click.echo("城市数据…")
    load_city(settings, click.echo)
    click.echo("服务目录…")
    load_catalogue(settings, click.echo)
    click.echo("规则…")
    load_rules(settings, click.echo)
    if brought := adopt_workflow():
        click.echo(f"未结工单 {brought} 件改按新流程办理。")
    if settings.environment is Environment.DEVELOPMENT:
        add_demo_accounts(settings.data_dir / "demo-accounts.txt")


def adopt_workflow() -> int:
    """Let open cases of an older workflow go on by the current one."""
    with services().database.transaction() as session:
        city = city_snapshot(session)
    run = Adoption(city=city, sealer=services().sealer, now=services().clock.now())
    return adopt_current_workflow(services().database, run)
