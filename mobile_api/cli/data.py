"""`flask data`: what citizens have asked of their data, and what only a person may decide about it."""

from __future__ import annotations

import uuid

import click
from flask.cli import AppGroup

from backend.data_protection.queries import open_complaints_of, open_requests
from backend.data_protection.rules import REFUSAL_WORDS, Refusal
from backend.data_protection.use_cases import refuse, tidy
from mobile_api.services import services

data = AppGroup("data", help="市民对个人信息的申请。")


@data.command("requests")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="最多显示几条。")
def requests(limit: int) -> None:
    """Show the open requests, the nearest due first, with the complaints that each waits for."""
    now = services().clock.now()
    with services().database.transaction() as session:
        rows = open_requests(session, limit=limit)
        for row in rows:
            late = "逾期" if row.due_at < now else ""
            waits = "、".join(open_complaints_of(session, row.person_id)) if row.kind == "erasure" else ""
            click.echo(f"{row.id}\t{row.kind}\t{row.state}\t{row.due_at.isoformat()}\t{late}\t{waits}")
    click.echo(f"未完成的申请 {len(rows)} 件", err=True)


@data.command("refuse")
@click.argument("request_id", type=click.UUID)
@click.argument("reason", type=click.Choice([reason.value for reason in Refusal]))
def refuse_request(request_id: uuid.UUID, reason: str) -> None:
    """Refuse an open request for a reason of the closed list, which its person reads in words."""
    with services().database.transaction() as session:
        refuse(session, request_id=request_id, reason=Refusal(reason), now=services().clock.now())
    click.echo(f"已拒绝：{REFUSAL_WORDS[Refusal(reason)]}")


@data.command("tidy")
def tidy_now() -> None:
    """Do now what the worker does every hour: erasures that wait for nothing any more, and copies that expired."""
    more = True
    while more:
        with services().database.transaction() as session:
            more = tidy(session, now=services().clock.now())
    click.echo("已整理。")
