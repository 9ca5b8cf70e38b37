"""Clients that write numbered notes to the tiny product and send each again until it is acknowledged."""

from __future__ import annotations

import http.client
import json
import threading
import time
from contextlib import suppress


class Writers:
    """A few clients writing at once. What they were told is written must be there in the end."""

    def __init__(self, port: int, *, clients: int = 4) -> None:
        self._port = port
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(1, clients + 1)]
        # When each note was sent for the last time, and when it was acknowledged.
        self.sent: dict[int, float] = {}
        self.acknowledged: dict[int, float] = {}
        self.refused = 0

    def __enter__(self) -> Writers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def acknowledged_after(self, at_s: float) -> list[int]:
        """Return the notes acknowledged after this moment."""
        return [note for note, told_s in list(self.acknowledged.items()) if told_s > at_s]

    def first_after(self, at_s: float) -> float:
        """Return when a note that was sent after this moment was first acknowledged; 0 when none was yet."""
        told = [told_s for note, told_s in list(self.acknowledged.items()) if self.sent[note] > at_s]
        return min(told, default=0.0)

    def _write(self, client: int) -> None:
        note = client * 1_000_000
        while not self._over.is_set():
            self.sent[note] = time.monotonic()
            if request(self._port, "POST", f"/notes/{note}") is not None:
                self.acknowledged[note] = time.monotonic()
                note += 1
            else:
                self.refused += 1
                time.sleep(0.02)


def request(port: int, method: str, path: str) -> str | None:
    """Return the body of a 200, or None for anything else, silence included."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        with suppress(OSError, http.client.HTTPException):
            connection.request(method, path, headers={"Connection": "close"})
            answer = connection.getresponse()
            body = answer.read().decode()
            return body if answer.status == 200 else None
        return None
    finally:
        connection.close()


def stored_notes(port: int) -> list[int]:
    """Return all notes that the product holds."""
    body = request(port, "GET", "/notes")
    assert body is not None
    return json.loads(body)
