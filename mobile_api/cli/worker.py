"""`flask worker`: tells events to their subscribers and rings phones, until it is stopped."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from backend.infrastructure.roles_check import refuse_unsafe_role
from backend.worker.runner import run_worker
from mobile_api.services import services


@click.command("worker")
@with_appcontext
def worker() -> None:
    """运行后台任务：分发事件、写入消息、推送到手机。"""
    from mobile_api.worker_table import worker_parts  # firebase-admin costs 79 MB: no other command may import it

    refuse_unsafe_role(services().database)
    run_worker(worker_parts(services()))
