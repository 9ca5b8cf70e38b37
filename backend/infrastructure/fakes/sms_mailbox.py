"""A mailbox in a file in place of an SMS provider: what was sent is read by `flask sms last`. Never in production."""

from __future__ import annotations

import json
import os
from pathlib import Path

_OWNER_ONLY = 0o600


class SmsMailbox:
    """Appends messages to a file that only its owner may read, one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, phone: str, text: str) -> None:
        """Append the message in one write, so that lines of several processes never mix."""
        line = json.dumps({"phone": phone, "text": text}, ensure_ascii=False) + "\n"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _OWNER_ONLY)
        try:
            os.write(file, line.encode())
        finally:
            os.close(file)

    def last(self, phone: str) -> str | None:
        """Return the newest text for a number, or None."""
        if not self._path.is_file():
            return None
        newest = None
        for line in self._path.read_text(encoding="utf-8").splitlines():
            message = json.loads(line)
            if message["phone"] == phone:
                newest = message["text"]
        return newest
