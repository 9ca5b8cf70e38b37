"""`flask jobs`: dead letters, jobs that failed at every try: shown, and redone by hand."""

from __future__ import annotations

import json

import click
from flask.cli import AppGroup

from backend.worker.dead_letters import dead_letters, redo, redo_all
from mobile_api.services import services

jobs = AppGroup("jobs", help="后台任务的死信。")


@jobs.command("dead")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="最多显示几条。")
def dead(limit: int) -> None:
    """Show the dead letters, the oldest first."""
    with services().database.transaction() as session:
        letters = dead_letters(session, limit=limit)
    for letter in letters:
        click.echo(f"{letter.job_id}\t{letter.task}\t{letter.tries} 次\t{json.dumps(letter.ids, sort_keys=True)}")
    click.echo(f"死信 {len(letters)} 条", err=True)


@jobs.command("redo")
@click.argument("job_id", type=int, required=False)
@click.option("--all", "everything", is_flag=True, help="重做全部死信。")
def redo_jobs(job_id: int | None, everything: bool) -> None:  # noqa: FBT001 - click hands over a flag
    """Put one dead letter, or all, back in the queue with all of its tries."""
    if (job_id is None) is not everything:
        raise click.UsageError("给出一个任务编号，或用 --all。")
    with services().database.transaction() as session:
        if job_id is None:
            count = redo_all(session)
        elif redo(session, job_id=job_id):
            count = 1
        else:
            raise click.ClickException(f"没有编号为 {job_id} 的死信。")
    click.echo(f"已重新排队 {count} 条")
