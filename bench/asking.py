"""One request at a time, as a phone would ask: to see that an act does what it should before it is timed."""

from __future__ import annotations

import http.client
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bench.load import NUMBER, Line

_TIMEOUT_S = 10.0
_SILENT = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. Status 0: nobody answered."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class Phone:
    """A client that keeps its connection, as an app does. ``close`` it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)

    def ask(self, line: Line, *, if_match: str = "") -> Answer:
        """Send a line once, with a key of its own if it writes."""
        number = f"{secrets.randbelow(10 ** len(NUMBER)):0{len(NUMBER)}d}"
        headers = {"Authorization": f"Bearer {line.token}"} if line.token else {}
        headers |= {"If-None-Match": line.tag} if line.tag else {}
        headers |= {"If-Match": if_match} if if_match else {}
        if line.body:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": f"asked-{number}"}
        body = line.body.replace(NUMBER, number).encode() if line.body else None
        try:
            self._connection.request(line.method, line.path, body=body, headers=headers)
            answer = self._connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(status=answer.status, body=answer.read(), headers=told)
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return Answer(status=_SILENT)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def ask(port: int, line: Line) -> Answer:
    """Send a line once, on a connection of its own."""
    phone = Phone(port)
    try:
        return phone.ask(line)
    finally:
        phone.close()
