"""Calls a running server as an app does, and tells each call: who, what, which answer, and what matters of it."""

from __future__ import annotations

import http.client
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

API = "/api/v1"
TIMEOUT_S = 30.0


class StoryBroken(Exception):
    """A step was answered otherwise than the story says."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: Any

    def __getitem__(self, name: str) -> Any:
        return self.body[name]


@dataclass
class Server:
    """The running product, and where the story is told."""

    port: int
    tell: Callable[[str], None] = print
    steps: int = 0

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self.tell(f"\n━━ {title}")

    def say(self, text: str) -> None:
        """Tell what no call shows."""
        self.tell(f"   {text}")

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call once, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        content = raw if raw is not None else (json.dumps(body).encode() if body is not None else None)
        sent = {"Content-Type": "application/json", "Connection": "close"} | dict(headers or {})
        try:
            connection.request(method, API + path, body=content, headers=sent)
            answer = connection.getresponse()
            text = answer.read()
            told = {name.lower(): value for name, value in answer.getheaders()}
        finally:
            connection.close()
        is_json = "json" in told.get("content-type", "")
        return Answer(status=answer.status, headers=told, body=json.loads(text) if is_json else text)


@dataclass
class Actor:
    """Somebody with a token. ``name`` is how the story calls them."""

    server: Server
    name: str
    token: str = field(default="", repr=False)

    def get(self, path: str, *, expect: int = 200, show: Sequence[str] = (), **headers: str) -> Answer:
        """Read."""
        return self._step("GET", path, expect=expect, show=show, headers=headers)

    def peek(self, path: str) -> Answer:
        """Read, and tell nothing of it."""
        return self.server.call("GET", path, headers=self._signed())

    def post(
        self, path: str, body: Any, *, expect: int = 201, show: Sequence[str] = (), key: str = "", **headers: str
    ) -> Answer:
        """Write, with an Idempotency-Key of its own unless one is given."""
        sent = {"Idempotency-Key": key or str(uuid.uuid4())} | headers
        return self._step("POST", path, body=body, expect=expect, show=show, headers=sent)

    def move(self, case_number: str, action: str, *, expect: int = 201, **parts: Any) -> Answer:
        """Move a case at the version that is current."""
        seen = self.peek(f"/cases/{case_number}")
        version = {"If-Match": seen.headers["etag"]} if "etag" in seen.headers else {"If-Match": '"v1"'}
        show = ("state",) if expect == 201 else ("code", "detail")
        body = {"action": action, **parts}
        return self.post(f"/cases/{case_number}/moves", body, expect=expect, show=show, **version)

    def upload(self, photo: bytes, *, stage: str) -> str:
        """Upload a photo. Returns its id."""
        boundary = uuid.uuid4().hex
        body = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="stage"\r\n\r\n{stage}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="photo"; filename="photo.jpg"\r\n\r\n'
        ).encode()
        headers = {
            "Idempotency-Key": str(uuid.uuid4()),
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        }
        raw = body + photo + f"\r\n--{boundary}--\r\n".encode()
        answer = self._step(
            "POST", "/evidence", raw=raw, expect=201, show=("stage", "width", "height"), headers=headers
        )
        return str(answer["id"])

    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _step(
        self,
        method: str,
        path: str,
        *,
        expect: int,
        show: Sequence[str],
        headers: Mapping[str, str],
        body: Any = None,
        raw: bytes | None = None,
    ) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | self._signed()
        answer = self.server.call(method, path, body=body, raw=raw, headers=sent)
        self.server.steps += 1
        action = f" {body['action']}" if isinstance(body, dict) and "action" in body else ""
        self.server.tell(f"{self.name:<6} {method} {path}{action} → {answer.status}")
        if answer.status != expect:
            raise StoryBroken(f"{self.name} {method} {path}{action}: {answer.status} 而不是 {expect}: {answer.body!r}")
        for name in show:
            self.server.tell(f"         {name}: {_at(answer.body, name)}")
        return answer


def _at(body: Any, name: str) -> Any:
    for part in name.split("."):
        body = body[int(part)] if part.isdigit() else body[part]
    return body
