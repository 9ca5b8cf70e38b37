"""Logs as JSON lines on standard output: an event and its fields, with the id of the request or job it belongs to."""

from __future__ import annotations

import logging
import sys
import threading
from typing import TextIO

import structlog
from typing_extensions import override

from backend.infrastructure.log_lines import tell_by_template, tell_error_by_kind_and_place
from backend.infrastructure.patient_handler import PatientHandler
from backend.infrastructure.plain_lines import plain_line
from backend.infrastructure.quiet_handler import QuietHandler


class _Lines(structlog.stdlib.ProcessorFormatter):
    """The formatter, with a short way for the lines that a request writes: the same line at a tenth of the cost."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line = plain_line(record)
        return super().format(record) if line is None else line


def configure_logs(level: str, stream: TextIO | None = None, *, is_patient: bool = False) -> None:
    """Send all logging of this process through structlog's JSON formatter, to standard output or a stream.

    ``is_patient``: lines that do not warn are written together, a moment later.
    """
    shared: list[structlog.typing.Processor] = [
        tell_by_template,
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = _Lines(
        foreign_pre_chain=shared,
        use_get_message=False,
        pass_foreign_args=True,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            tell_error_by_kind_and_place,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = (PatientHandler if is_patient else QuietHandler)(stream or sys.stdout)
    handler.setFormatter(formatter)
    # Nobody shows them, and each costs every record a look.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)  # noqa: FBT003 - the library's only argument
    _log_what_nobody_caught()


def _log_what_nobody_caught() -> None:
    """Have errors that end a thread or a process logged as all others: Python's own hooks print their words."""
    log = logging.getLogger("baitong.uncaught")
    sys.excepthook = lambda _kind, error, _trace: log.critical("process failed", exc_info=error)
    threading.excepthook = lambda args: log.error("thread failed", exc_info=args.exc_value)
    sys.unraisablehook = lambda args: log.error("error ignored", exc_info=args.exc_value)
    # They log every SQL text, argument or address at INFO; arguments may be somebody's.
    for noisy in ("sqlalchemy", "alembic", "procrastinate", "httpx", "_granian"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
