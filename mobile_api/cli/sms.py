"""`flask sms`: the development mailbox in place of an SMS provider."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from backend.identity.phones import mobile_number
from backend.infrastructure.fakes.sms_mailbox import SmsMailbox
from mobile_api.services import services

sms = AppGroup("sms", help="开发用短信信箱；生产环境没有。")


@sms.command("last")
@click.argument("phone")
def last(phone: str) -> None:
    """Show the newest message that was sent to PHONE."""
    mailbox = services().settings.sms_mailbox
    if mailbox is None:
        raise click.ClickException("没有短信信箱：它只在开发环境存在 (BAITONG_SMS_MAILBOX)。")
    text = SmsMailbox(mailbox).last(mobile_number(phone))
    if text is None:
        raise click.ClickException("此号码没有短信。")
    click.echo(text)
