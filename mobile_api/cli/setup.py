"""`flask setup`: everything between an empty database and one that can serve. A second run changes nothing."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from backend.infrastructure.settings import Environment
from mobile_api.cli.city import load as load_city
from mobile_api.cli.db import upgrade_and_grant
from mobile_api.cli.people import add_demo_accounts
from mobile_api.cli.rules import load_rules
from mobile_api.services import services


@click.command("setup")
@with_appcontext
def setup() -> None:
    """Migrate, load the city and the rules, and in development add the demo accounts."""
    settings = services().settings
    click.echo("数据库迁移…")
    upgrade_and_grant(settings)
    click.echo("城市数据…")
    load_city(settings, click.echo)
    click.echo("规则…")
    load_rules(settings, click.echo)
    if settings.environment is Environment.DEVELOPMENT:
        add_demo_accounts(settings.data_dir / "demo-accounts.txt")
