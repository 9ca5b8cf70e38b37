"""The second composition root: settings, services, and every command of the product. Found by ``.flaskenv``."""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import NoAppException

from backend.infrastructure.logs import configure_logs
from backend.infrastructure.settings import (
    SettingMissing,
    SettingRefused,
    default_env_files,
    load_settings,
    read_environment,
)
from mobile_api.cli.backup import backup, restore
from mobile_api.cli.calendar import calendar
from mobile_api.cli.catalogue import catalogue
from mobile_api.cli.city import city
from mobile_api.cli.data import data
from mobile_api.cli.db import db
from mobile_api.cli.evidence import evidence
from mobile_api.cli.fcm import fcm
from mobile_api.cli.jobs import jobs
from mobile_api.cli.keys import keys
from mobile_api.cli.ledger import ledger
from mobile_api.cli.notifications import notifications
from mobile_api.cli.openapi import openapi
from mobile_api.cli.pages import pages
from mobile_api.cli.people import people
from mobile_api.cli.rules import rules
from mobile_api.cli.setup import setup
from mobile_api.cli.sms import sms
from mobile_api.cli.spoken import spoken
from mobile_api.cli.worker import worker
from mobile_api.composition import open_services
from mobile_api.services import install

COMMANDS: tuple[click.Command, ...] = (
    setup,
    db,
    city,
    catalogue,
    calendar,
    rules,
    notifications,
    people,
    sms,
    fcm,
    worker,
    jobs,
    ledger,
    evidence,
    keys,
    data,
    openapi,
    pages,
    backup,
    restore,
)


def create_cli() -> Flask:
    """Return the application that the commands run in. It serves nothing."""
    try:
        settings = load_settings(read_environment(*default_env_files()))
    except (SettingMissing, SettingRefused) as error:
        raise NoAppException(str(error)) from error
    # A command speaks to the person at the terminal; the worker raises the level for itself.
    configure_logs("WARNING", sys.stderr)
    app = Flask("mobile_api.cli")
    install(app.extensions, open_services(settings))
    for command in COMMANDS:
        app.cli.add_command(spoken(command))
    return app
