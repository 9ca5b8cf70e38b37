"""`flask db`: migrations, and what the serving role may do."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from backend.infrastructure import migrating
from backend.infrastructure.database import role_of
from backend.infrastructure.grants import apply_grants
from backend.infrastructure.settings import Settings
from mobile_api.cli.owner import owner_url
from mobile_api.services import services

db = AppGroup("db", help="数据库迁移与授权。")


@db.command("upgrade")
def upgrade() -> None:
    """Migrate to the newest revision and give the serving role its rights."""
    upgrade_and_grant(services().settings)
    click.echo("数据库已是最新。")


@db.command("downgrade")
@click.argument("revision")
@click.confirmation_option(prompt="回退会删除较新的表和其中的数据，确定吗？")
def downgrade(revision: str) -> None:
    """Migrate down to REVISION."""
    settings = services().settings
    migrating.downgrade(owner_url(settings), revision=revision, schema=settings.database_schema)


@db.command("check")
def check() -> None:
    """Tell whether models and migrations agree."""
    settings = services().settings
    migrating.check(owner_url(settings), schema=settings.database_schema)


@db.command("revision")
@click.option("--message", "-m", required=True, help="改了什么。")
def revision(message: str) -> None:
    """Write a new revision from the difference; read it before you keep it."""
    settings = services().settings
    migrating.make_revision(owner_url(settings), message=message, schema=settings.database_schema)


def upgrade_and_grant(settings: Settings) -> None:
    """Migrate, then give the role of DATABASE_URL exactly what serving needs."""
    owner, schema = owner_url(settings), settings.database_schema
    migrating.upgrade(owner, schema=schema)
    serving_role = role_of(settings.database_url)
    if serving_role is None:
        raise click.ClickException("DATABASE_URL 没有写明服务角色的用户名。")
    apply_grants(owner, serving_role, schema=schema)
