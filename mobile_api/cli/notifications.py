"""`flask notifications`: who is told what, in which words."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import click
from flask.cli import AppGroup

from backend.kernel.clock import SHANGHAI
from backend.notifications.preview import everything_told, everything_untold
from backend.notifications.queries import WordingMissing, wordings_on
from backend.notifications.subscriptions import MessageKind
from mobile_api.services import services

notifications = AppGroup("notifications", help="消息的订阅与用语。")

_WIDE = {"W", "F"}
_GAP = "  "


@notifications.command("preview")
def preview() -> None:
    """Show every subscription with the wording of today, filled in with samples; then what is told to nobody."""
    today = services().clock.now().astimezone(SHANGHAI).date()
    with services().database.transaction() as session:
        try:
            wordings = wordings_on(session, set(MessageKind), today)
        except WordingMissing as error:
            raise click.ClickException(f"以下消息今天没有用语：{error}。请先运行 flask rules load。") from error
    told = list(everything_told(wordings))
    columns = _columns(
        [
            ("事件", "通知对象", "消息种类", "标题"),
            *((one.cause, one.audience, one.kind, one.words.title) for one in told),
        ]
    )
    click.echo(f"{today} 的消息。〔示例〕为示例值，不是真实编号。")
    click.echo(columns[0])
    for line, one in zip(columns[1:], told, strict=True):
        click.echo(f"{line}\n    推送：{one.words.push_body}\n    正文：{one.words.body}")
    untold = [(one.cause, one.side, one.reason) for one in everything_untold()]
    click.echo("\n不通知的环节")
    for line in _columns([("事件", "不通知", "原因"), *untold]):
        click.echo(line)
    click.echo(f"\n订阅 {len(told)} 条，不通知 {len(untold)} 条。")


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows as lines whose columns stand below each other; Han takes two places in a terminal."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        _GAP.join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in _WIDE else 1 for sign in text)
