"""Logs as JSON lines on standard output: an event and its fields, with the id of the request or job it belongs to."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog


def configure_logs(level: str, stream: TextIO | None = None) -> None:
    """Send all logging of this process through structlog's JSON formatter, to standard output or a stream."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # They log every SQL text, argument or address at INFO; arguments may be somebody's.
    for noisy in ("sqlalchemy", "alembic", "procrastinate", "httpx", "_granian"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
