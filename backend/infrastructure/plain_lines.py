"""The log line of an event with plain fields, as the chain of ``logs`` would write it, without going through it."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from structlog.contextvars import get_contextvars

# What every record has; the rest are the fields of ours.
_STANDARD = frozenset(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {"message", "asctime"}
_PLAIN = frozenset({str, int, float, bool, type(None)})
_encode = json.JSONEncoder(ensure_ascii=False).encode


def plain_line(record: logging.LogRecord) -> str | None:
    """Return the line of a record whose text is whole and whose fields are plain; None for any other."""
    if record.args or record.exc_info or record.stack_info or type(record.msg) is not str or "\n" in record.msg:
        return None
    if record.name == "py.warnings":
        return None
    fields = {name: value for name, value in record.__dict__.items() if name not in _STANDARD}
    context = get_contextvars()
    if not all(type(value) in _PLAIN for value in (*fields.values(), *context.values())):
        return None
    at = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
    level = record.levelname.lower()
    said = {"event": record.msg} | dict(context) | {"level": level, "logger": record.name} | fields
    return _encode(said | {"timestamp": at})
