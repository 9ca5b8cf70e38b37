"""Bring the database to the newest revision, and tell whether the models agree with it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

_SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"


def upgrade(owner_url: str, *, schema: str = "public", revision: str = "head") -> None:
    """Run the migrations up to ``revision`` as the owner."""
    command.upgrade(_config(owner_url, schema), revision)


def downgrade(owner_url: str, *, revision: str, schema: str = "public") -> None:
    """Run the migrations down to ``revision`` as the owner."""
    command.downgrade(_config(owner_url, schema), revision)


def check(owner_url: str, *, schema: str = "public") -> None:
    """Raise alembic's error when the models and the migrated database differ."""
    command.check(_config(owner_url, schema))


def make_revision(owner_url: str, *, message: str, schema: str = "public") -> None:
    """Write a new revision from the difference between models and database; a person reads it before it is kept."""
    command.revision(_config(owner_url, schema), message=message, autogenerate=True)


def _config(owner_url: str, schema: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["owner_url"] = owner_url
    config.attributes["schema"] = schema
    return config
