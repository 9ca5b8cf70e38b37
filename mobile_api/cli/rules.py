"""`flask rules`: deadlines, grounds of rejection and wording, from the project's files into dated rows."""

from __future__ import annotations

from collections.abc import Callable

import click
from flask.cli import AppGroup

from backend.cases.rule_files import load_case_rules
from backend.complaints.rule_files import load_complaint_rules
from backend.consents.rule_files import load_consent_texts
from backend.infrastructure.settings import Settings
from backend.notifications.rule_files import load_notification_rules
from mobile_api.cli.owner import owner_transaction
from mobile_api.services import services

rules = AppGroup("rules", help="时限、理由与用语等规则。")
RULE_LOADERS = (load_case_rules, load_complaint_rules, load_notification_rules, load_consent_texts)


@rules.command("load")
def load() -> None:
    """Bring the dated rules to what the project's files say; a second run changes nothing."""
    load_rules(services().settings, click.echo)


def load_rules(settings: Settings, echo: Callable[[str], None]) -> None:
    """Load all files in one transaction: all of them or none."""
    with owner_transaction(settings) as session:
        reports = [report for loader in RULE_LOADERS for report in loader(session)]
    for report in reports:
        echo(f"规则 {report.table}：新增 {report.added}，变更 {report.changed}，未变 {report.unchanged}")
