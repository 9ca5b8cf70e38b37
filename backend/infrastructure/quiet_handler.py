"""A handler whose own failures say nothing of the record: the library's would print its message and arguments."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

from typing_extensions import override


class QuietHandler(logging.StreamHandler[TextIO]):
    """Writes each line as it comes."""

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        """Write that a line was lost, and where it came from."""
        sys.stderr.write(f'{{"event": "log line lost", "logger": "{record.name}", "line": {record.lineno}}}\n')
