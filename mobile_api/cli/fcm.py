"""`flask fcm`: the loopback Firebase Cloud Messaging of development, and what phones received through it."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from backend.infrastructure.fakes.fcm import LoopbackFcm
from backend.infrastructure.fakes.fcm_credentials import received_file_beside
from backend.infrastructure.settings import Environment
from mobile_api.services import services

fcm = AppGroup("fcm", help="开发用的本机推送服务；生产环境没有。")


@fcm.command("serve")
@click.option("--port", required=True, type=click.IntRange(1, 65535), help="本机端口。")
def serve(port: int) -> None:
    """Answer as FCM does, on this machine alone, until the process ends."""
    credentials_file = _credentials_file()
    received_file = received_file_beside(credentials_file)
    try:
        server = LoopbackFcm(credentials_file=credentials_file, port=port, received_file=received_file)
    except OSError as error:
        raise click.ClickException(f"无法在端口 {port} 上服务：{error.strerror}。请换一个端口。") from error
    click.echo(f"本机推送服务 {server.base_url}")
    server.serve_forever()


@fcm.command("received")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="最多显示几条。")
def received(limit: int) -> None:
    """Show the newest messages that reached phones, the newest last."""
    path = received_file_beside(_credentials_file())
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    for line in lines[-limit:]:
        push = json.loads(line)
        click.echo(f"{push['data'].get('occurred_at', '')}\t{push['title']}\t{push['body']}\t{push['address']}")
    if not lines:
        click.echo("手机还没有收到推送。", err=True)


def _credentials_file() -> Path:
    settings = services().settings
    if settings.environment is Environment.PRODUCTION:
        raise click.ClickException("生产环境不使用本机推送服务。")
    if settings.fcm_credentials_file is None:
        raise click.ClickException("没有推送凭据文件：设置 BAITONG_FCM_CREDENTIALS_FILE，或运行 make run。")
    return settings.fcm_credentials_file
