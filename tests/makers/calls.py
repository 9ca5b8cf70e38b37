"""One call in its parts, so that a test can change one of them and send the rest as it was."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.makers.world import new_address

KEY = "Idempotency-Key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What an operation is called with. ``raw`` stands in for the JSON of ``body`` where it is given."""

    token: str | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    raw: bytes | None = None

    def with_path(self, name: str, value: str) -> Call:
        """Return the call with another path parameter."""
        return replace(self, path=dict(self.path) | {name: value})

    def with_query(self, name: str, value: str) -> Call:
        """Return the call with another query parameter."""
        return replace(self, query=dict(self.query) | {name: value})

    def with_header(self, name: str, value: str) -> Call:
        """Return the call with another header."""
        return replace(self, headers=dict(self.headers) | {name: value})

    def with_leaf(self, place: tuple[str, ...], value: Any) -> Call:
        """Return the call with another value at a place of its body."""
        return replace(self, body=_changed(self.body, place, value))

    def content(self) -> bytes | None:
        """Return the bytes of the body. By the standard library: orjson refuses to write some of what tests send."""
        if self.raw is not None:
            return self.raw
        return None if self.body is None else json.dumps(self.body).encode()

    def url(self, path: str) -> str:
        """Return where it goes, everything but plain letters escaped."""
        for name, value in self.path.items():
            path = path.replace(f"{{{name}}}", quote(value, safe="", errors="surrogatepass"))
        return f"{path}?{urlencode(self.query, errors='surrogatepass')}" if self.query else path

    def all_headers(self) -> dict[str, str]:
        """Return its headers, with the token and, where the call names the header, a key that was not used yet."""
        headers = dict(self.headers)
        if headers.get(KEY) == "":
            headers[KEY] = str(uuid.uuid4())
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.content() is not None:
            headers.setdefault("Content-Type", "application/json")
        return headers

    def send(self, client: FlaskClient, method: str, path: str) -> TestResponse:
        """Call the operation in this process, from an address that nothing was sent from yet."""
        return client.open(
            self.url(path),
            method=method.upper(),
            data=self.content(),
            headers=self.all_headers(),
            environ_overrides={"REMOTE_ADDR": new_address()},
        )


def _changed(body: Any, place: tuple[str, ...], value: Any) -> Any:
    if not place:
        return value
    body = body or {}
    return {**body, place[0]: _changed(body.get(place[0]), place[1:], value)}
