"""A loopback Firebase Cloud Messaging: HTTP v1 and the OAuth token endpoint, for development and tests.

It answers as FCM does (firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode). Production refuses it.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qs

import jwt
from typing_extensions import override

from backend.infrastructure.fakes.fcm_credentials import PROJECT_ID, ensure_credentials, public_key_of

_ERROR_TYPE = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
# google-auth signs for this audience, wherever its token_uri points.
_ASSERTION_AUDIENCE = "https://oauth2.googleapis.com/token"
_BODY_LIMIT_BYTES = 16 * 1024
_KEPT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How the next request is answered. ``hang_s`` waits first; ``delivered`` delivers although it tells an error."""

    status: int = 200
    status_name: str = "OK"
    error_code: str | None = None
    retry_after: str | None = None
    hang_s: float = 0.0
    delivered: bool = False


OK: Final = Answer(delivered=True)
UNREGISTERED: Final = Answer(status=404, status_name="NOT_FOUND", error_code="UNREGISTERED")
QUOTA_EXCEEDED: Final = Answer(status=429, status_name="RESOURCE_EXHAUSTED", error_code="QUOTA_EXCEEDED")
INVALID_ARGUMENT: Final = Answer(status=400, status_name="INVALID_ARGUMENT", error_code="INVALID_ARGUMENT")
SENDER_ID_MISMATCH: Final = Answer(status=403, status_name="PERMISSION_DENIED", error_code="SENDER_ID_MISMATCH")
UNAVAILABLE: Final = Answer(status=503, status_name="UNAVAILABLE", error_code="UNAVAILABLE")
THIRD_PARTY_AUTH: Final = Answer(status=401, status_name="UNAUTHENTICATED", error_code="THIRD_PARTY_AUTH_ERROR")
SIX_ERRORS: Final = (
    UNREGISTERED,
    QUOTA_EXCEEDED,
    INVALID_ARGUMENT,
    SENDER_ID_MISMATCH,
    UNAVAILABLE,
    THIRD_PARTY_AUTH,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedPush:
    """A message that reached a phone."""

    address: str
    title: str
    body: str
    data: Mapping[str, str]
    provider_message_id: str


@dataclass(slots=True, kw_only=True)
class _Book:
    """What the server knows; its threads share it under the lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    scripts: defaultdict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    token_script: deque[Answer] = field(default_factory=deque)
    access_tokens: set[str] = field(default_factory=set)
    tried_at_s: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    token_tried_at_s: list[float] = field(default_factory=list)
    hanging: int = 0
    most_hanging: int = 0
    received: deque[ReceivedPush] = field(default_factory=lambda: deque(maxlen=_KEPT))
    closing: threading.Event = field(default_factory=threading.Event)


class LoopbackFcm:
    """The server. A context manager in tests; ``serve_forever`` in development."""

    def __init__(self, *, credentials_file: Path, port: int = 0, received_file: Path | None = None) -> None:
        self._received_file = received_file
        self._book = _Book()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler_class())
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"
        ensure_credentials(credentials_file, base_url=self.base_url)
        self._public_key = public_key_of(credentials_file)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def serve_forever(self) -> None:
        """Serve until the process ends."""
        self._server.serve_forever()

    def script(self, address: str, *answers: Answer) -> None:
        """Answer the next messages to this address so, one after another; then it is healthy again."""
        self._book.scripts[address].extend(answers)

    def script_token_endpoint(self, *answers: Answer) -> None:
        """Answer the next requests for an access token so."""
        self._book.token_script.extend(answers)

    def revoke_access_tokens(self) -> None:
        """Forget every access token: the next message is answered 401."""
        self._book.access_tokens.clear()

    @property
    def received(self) -> Sequence[ReceivedPush]:
        """The messages that reached a phone, the oldest first."""
        with self._book.lock:
            return tuple(self._book.received)

    @property
    def token_tries(self) -> int:
        """How often an access token was asked for."""
        return len(self._book.token_tried_at_s)

    @property
    def token_tried_at_s(self) -> Sequence[float]:
        """When an access token was asked for, by the monotonic clock."""
        return tuple(self._book.token_tried_at_s)

    @property
    def most_hanging(self) -> int:
        """How many requests hung at once, at most."""
        return self._book.most_hanging

    def tries_of(self, address: str) -> int:
        """Return how many requests came for the address, whatever was answered."""
        return len(self._book.tried_at_s[address])

    def tried_at_s(self, address: str) -> Sequence[float]:
        """Return when requests came for the address, by the monotonic clock."""
        return tuple(self._book.tried_at_s[address])

    def repair(self) -> None:
        """Be healthy from now on, whatever was scripted."""
        with self._book.lock:
            self._book.scripts.clear()
            self._book.token_script.clear()

    def answer_token(self, form: str) -> tuple[Answer, dict[str, object]]:
        """Give an access token for an assertion that our key signed (RFC 7523)."""
        with self._book.lock:
            self._book.token_tried_at_s.append(time.monotonic())
            answer = self._book.token_script.popleft() if self._book.token_script else OK
        if answer is not OK:
            passing = answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            return answer, {"error": "temporarily_unavailable" if passing else "invalid_grant"}
        try:
            assertion = parse_qs(form)["assertion"][0]
            jwt.decode(assertion, self._public_key, algorithms=["RS256"], audience=_ASSERTION_AUDIENCE)
        except (KeyError, jwt.InvalidTokenError):
            return Answer(status=400), {"error": "invalid_grant"}
        token = secrets.token_urlsafe()
        self._book.access_tokens.add(token)
        return OK, {"access_token": token, "expires_in": 3600, "token_type": "Bearer"}

    def answer_message(self, authorization: str | None, body: bytes) -> tuple[Answer, dict[str, object]]:
        """Deliver one message, or answer as scripted."""
        if (authorization or "").removeprefix("Bearer ") not in self._book.access_tokens:
            answer = Answer(status=401, status_name="UNAUTHENTICATED")
            return answer, _error_body(answer)
        message = _read_message(body)
        if message is None:
            return INVALID_ARGUMENT, _error_body(INVALID_ARGUMENT)
        address = str(message.get("token") or message.get("fid"))
        with self._book.lock:
            self._book.tried_at_s[address].append(time.monotonic())
            script = self._book.scripts.get(address)
            answer = script.popleft() if script else OK
        if answer.hang_s:
            self._hang(answer.hang_s)
        name = f"projects/{PROJECT_ID}/messages/{secrets.token_hex(8)}"
        if answer.delivered:
            self._deliver(address, message, name)
        return answer, {"name": name} if answer.error_code is None else _error_body(answer)

    def _hang(self, seconds: float) -> None:
        with self._book.lock:
            self._book.hanging += 1
            self._book.most_hanging = max(self._book.most_hanging, self._book.hanging)
        self._book.closing.wait(seconds)
        with self._book.lock:
            self._book.hanging -= 1

    def _deliver(self, address: str, message: Mapping[str, Any], name: str) -> None:
        notification = message.get("notification", {})
        push = ReceivedPush(
            address=address,
            title=notification.get("title", ""),
            body=notification.get("body", ""),
            data=message.get("data", {}),
            provider_message_id=name,
        )
        with self._book.lock:
            self._book.received.append(push)
            if self._received_file is not None:
                self._received_file.touch(mode=0o600)  # addresses are secrets of their owners, here too
                with self._received_file.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(asdict(push), ensure_ascii=False) + "\n")

    def _handler_class(self) -> type[BaseHTTPRequestHandler]:
        fcm = self

        class Handler(_Handler):
            server_fcm = fcm

        return Handler


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Names of http.server: without it each answer waits 40 ms for a delayed acknowledgement.
    disable_nagle_algorithm = True
    server_fcm: LoopbackFcm

    def do_GET(self) -> None:
        """Show what phones received: ``/received``; anything else tells that the server lives."""
        if self.path == "/received":
            self._reply(OK, {"received": [asdict(push) for push in self.server_fcm.received]})
        else:
            self._reply(OK, {"status": "ok"})

    def do_POST(self) -> None:
        """Serve ``/token`` and ``/v1/projects/{project}/messages:send``."""
        length = int(self.headers.get("Content-Length", 0))
        if length > _BODY_LIMIT_BYTES:
            self.close_connection = True
            self._reply(INVALID_ARGUMENT, _error_body(INVALID_ARGUMENT))
            return
        body = self.rfile.read(length)
        if self.path == "/token":
            self._reply(*self.server_fcm.answer_token(body.decode()))
        elif self.path == f"/v1/projects/{PROJECT_ID}/messages:send":
            self._reply(*self.server_fcm.answer_message(self.headers.get("Authorization"), body))
        else:
            unknown = Answer(status=404, status_name="NOT_FOUND")
            self._reply(unknown, _error_body(unknown))

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the received file is the log."""

    def _reply(self, answer: Answer, body: dict[str, object]) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        if answer.retry_after is not None:
            self.send_header("Retry-After", answer.retry_after)
        self.end_headers()
        self.wfile.write(content)


def _read_message(body: bytes) -> Mapping[str, Any] | None:
    """Return the message, or None where FCM would refuse it: one address, and data of strings."""
    try:
        message = json.loads(body)["message"]
        addresses = [name for name in ("token", "fid", "topic", "condition") if message.get(name)]
        texts = message.get("data", {}).values()
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return message if len(addresses) == 1 and all(isinstance(text, str) for text in texts) else None


def _error_body(answer: Answer) -> dict[str, object]:
    details = [{"@type": _ERROR_TYPE, "errorCode": answer.error_code}] if answer.error_code else []
    message = answer.error_code or answer.status_name
    return {
        "error": {"code": answer.status, "message": message, "status": answer.status_name, "details": details},
    }
