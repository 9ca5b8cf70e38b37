"""What goes wrong in a command is told in one line that says what to do; a traceback is for engineers."""

from __future__ import annotations

from functools import wraps
from typing import Any

import click

from backend.infrastructure.database import spoken_outages
from backend.infrastructure.roles_check import UnsafeServingRole
from backend.kernel.errors import DomainError, Unavailable

_OUTAGE = "数据库没有应答：请确认 make run 正在运行，或 DATABASE_URL 所指的数据库可以连接。"


def spoken(command: click.Command) -> click.Command:
    """Make a command, and every command below it, tell its refusals in words."""
    if isinstance(command, click.Group):
        for below in command.commands.values():
            spoken(below)
    elif command.callback is not None and not hasattr(command.callback, "__spoken__"):
        command.callback = _telling(command.callback)
    return command


def _telling(callback: Any) -> Any:  # click's callbacks take and return anything
    @wraps(callback)
    def tell(*args: Any, **kwargs: Any) -> Any:
        try:
            with spoken_outages():
                return callback(*args, **kwargs)
        except Unavailable as error:
            told = _OUTAGE if error.code.startswith("database") else error.detail
            raise click.ClickException(f"{told} ({error.code})") from error
        except DomainError as error:
            raise click.ClickException(f"{error.detail} ({error.code})") from error
        except UnsafeServingRole as error:
            raise click.ClickException(str(error)) from error

    tell.__spoken__ = True  # type: ignore[attr-defined]  # a command is made to tell once
    return tell
