"""The door to Firebase Cloud Messaging, by firebase-admin. Only the worker imports this module: it costs 79 MB.

firebase-admin 7.7 and google-auth retry by themselves, also a 429 whose ``Retry-After`` asks for minutes, which would
hold a worker that long. Their sessions are replaced by ones that try once; the queue does the waiting. Neither has a
public option for that nor for the address of FCM: the private names stand in this module alone, the version is pinned.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

import firebase_admin
from firebase_admin import _http_client, credentials, exceptions, messaging
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.auth.transport.requests import AuthorizedSession
from google.auth.transport.requests import Request as TokenRequest
from requests.sessions import Session
from typing_extensions import override

from backend.infrastructure.bounded_http import Deadline, bounded_session
from backend.infrastructure.breaker import Breaker
from backend.infrastructure.push import PUSH_TIMEOUT_S, AddressKind, PushMessage, PushOutcome, PushResult
from backend.kernel.clock import Clock

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 1.0
TOKEN_READ_TIMEOUT_S = 2.5
SEND_READ_TIMEOUT_S = 5.0
BULKHEAD = 8
# Both answer with less than a kilobyte; an error of a proxy on the way is a page of HTML.
ANSWER_LIMIT_BYTES = 64 * 1024
MESSAGE_LIFETIME_S = 24 * 3600
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500

# The first class that fits decides; a plain 404 is a wrong project or address of ours, not a phone that is gone.
_OUTCOMES: Final = (
    (messaging.UnregisteredError, PushOutcome.DEAD_ADDRESS, "unregistered"),
    (messaging.QuotaExceededError, PushOutcome.RETRY, "quota-exceeded"),
    (messaging.SenderIdMismatchError, PushOutcome.REFUSED, "sender-id-mismatch"),
    # Our certificate at Apple's needs repair: nobody's phone is at fault, and after the repair the message must go.
    (messaging.ThirdPartyAuthError, PushOutcome.RETRY, "third-party-auth"),
    (exceptions.UnauthenticatedError, PushOutcome.RETRY, "unauthenticated"),
    (exceptions.ResourceExhaustedError, PushOutcome.RETRY, "quota-exceeded"),
    (exceptions.UnavailableError, PushOutcome.RETRY, "unavailable"),
    (exceptions.DeadlineExceededError, PushOutcome.RETRY, "timeout"),
    (exceptions.InternalError, PushOutcome.RETRY, "internal"),
    (exceptions.InvalidArgumentError, PushOutcome.REFUSED, "invalid-argument"),
    (exceptions.UnknownError, PushOutcome.RETRY, "unknown"),
)
# The other side, or the way to it, is unwell: other messages would fare no better. Any other answer is an answer.
_UNWELL: Final = frozenset(
    {
        "unavailable",
        "timeout",
        "internal",
        "unknown",
        "answer-malformed",
        "token-refused",
        "token-endpoint-unavailable",
    }
)


class FcmProvider:
    """Sends through FCM HTTP v1. The credentials file is read at the first message, and again after a failure."""

    def __init__(
        self,
        *,
        credentials_file: Path,
        base_url: str | None,
        clock: Clock,
        breaker: Breaker | None = None,
        timeout_s: float = PUSH_TIMEOUT_S,
    ) -> None:
        self._timeout_s = timeout_s
        self._credentials_file = credentials_file
        self._base_url = base_url
        self._clock = clock
        self._breaker = breaker or Breaker(clock)
        self._opening = threading.Lock()
        self._app: firebase_admin.App | None = None
        # A deadline ends what a connection is at, but no name look-up: the wait for a thread bounds that as well.
        self._senders = ThreadPoolExecutor(max_workers=BULKHEAD, thread_name_prefix="fcm")

    def send(self, message: PushMessage) -> PushResult:
        """Send the message and return what came of it, within PUSH_TIMEOUT_S. Does not raise for any answer."""
        refused_for_s = self._breaker.refuses_for_s()
        if refused_for_s:
            return PushResult(outcome=PushOutcome.RETRY, code="breaker-open", retry_after_s=refused_for_s)
        result = self._sent_in_time(message)
        if result.code in _UNWELL:
            self._breaker.failed()
        else:
            self._breaker.succeeded()
        return result

    def close(self) -> None:
        """Close the connections; messages under way are given up."""
        self._senders.shutdown(wait=False, cancel_futures=True)
        app, self._app = self._app, None
        if app is not None:
            firebase_admin.delete_app(app)

    def _sent_in_time(self, message: PushMessage) -> PushResult:
        deadline = Deadline(self._timeout_s)
        future = self._senders.submit(self._send, message, deadline)
        try:
            return future.result(timeout=deadline.left_s())
        except TimeoutError:
            # Ends the connection, so that the thread is free again and the message does not go out late.
            deadline.cut()
            future.cancel()
            return PushResult(outcome=PushOutcome.RETRY, code="timeout")

    def _send(self, message: PushMessage, deadline: Deadline) -> PushResult:
        try:
            app = self._opened_app()
        except (OSError, ValueError):
            return PushResult(outcome=PushOutcome.RETRY, code="credentials-unreadable")
        try:
            fcm_message = _to_fcm(message)
        except ValueError:
            return PushResult(outcome=PushOutcome.REFUSED, code="message-malformed")
        with deadline.governing():
            return self._handed_over(fcm_message, app)

    def _handed_over(self, message: messaging.Message, app: firebase_admin.App) -> PushResult:
        try:
            provider_id = messaging.send(message, app=app)
        except exceptions.FirebaseError as error:
            return self._result_of(error)
        except RefreshError:
            return PushResult(outcome=PushOutcome.RETRY, code="token-refused")
        except GoogleAuthError:
            return PushResult(outcome=PushOutcome.RETRY, code="token-endpoint-unavailable")
        except Exception as error:
            # Neither library checks the form of an answer before it reads it, so that garbage raises anything.
            log.warning("push answer malformed", extra={"error": type(error).__name__})
            return PushResult(outcome=PushOutcome.RETRY, code="answer-malformed")
        return PushResult(outcome=PushOutcome.DELIVERED, code="delivered", provider_message_id=str(provider_id))

    def _opened_app(self) -> firebase_admin.App:
        with self._opening:
            if self._app is None:
                self._app = _open_app(self._credentials_file, self._base_url)
            return self._app

    def _result_of(self, error: exceptions.FirebaseError) -> PushResult:
        response = error.http_response
        headers: Mapping[str, str] = {} if response is None else response.headers
        if isinstance(error, exceptions.UnauthenticatedError) and self._app is not None:
            # The next try fetches a new access token: this one is refused, whatever its expiry says.
            self._app.credential.get_credential().token = None
        for error_class, outcome, code in _OUTCOMES:
            if isinstance(error, error_class):
                retry_after_s = _retry_after_s(headers.get("Retry-After"), self._clock.now())
                return PushResult(outcome=outcome, code=code, retry_after_s=retry_after_s)
        return PushResult(outcome=PushOutcome.REFUSED, code="refused")


class _TokenRequestTriedOnce(TokenRequest):
    """A request to the token endpoint; google-auth would repeat it thrice and sleep between."""

    @override
    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # its signature is google-auth's, untyped
        once: Any = super().__call__  # google-auth is typed in part
        response = once(*args, **kwargs | {"timeout": (CONNECT_TIMEOUT_S, TOKEN_READ_TIMEOUT_S)})
        if response.status == _TOO_MANY_REQUESTS or response.status >= _SERVER_ERROR:
            failed: Any = TransportError  # as above
            raise failed(f"the token endpoint answered {response.status}")
        return response


def _open_app(credentials_file: Path, base_url: str | None) -> firebase_admin.App:
    app = firebase_admin.initialize_app(credentials.Certificate(str(credentials_file)), name=f"baitong-{uuid.uuid4()}")
    service = messaging._get_messaging_service(app)
    if base_url is not None:
        service._fcm_url = f"{base_url}/v1/projects/{app.project_id}/messages:send"
    session = AuthorizedSession(  # type: ignore[no-untyped-call]  # google-auth is typed in part
        app.credential.get_credential(),
        refresh_status_codes=(),  # a second try with a new token is the queue's as well
        auth_request=_TokenRequestTriedOnce(_bounded(Session())),
    )
    service._client = _http_client.JsonHttpClient(
        session=_bounded(session), retries=False, timeout=(CONNECT_TIMEOUT_S, SEND_READ_TIMEOUT_S)
    )
    return app


def _bounded(session: Session) -> Session:
    return bounded_session(session, connections=BULKHEAD, answer_limit_bytes=ANSWER_LIMIT_BYTES)


def _to_fcm(message: PushMessage) -> messaging.Message:
    """Build the message. Copies of one message share a tag, so that the phone shows the later one alone.

    There is no ``collapse_key``: FCM keeps at most four of them for a phone that is offline, and would drop notices.
    Raises ValueError for what FCM could never take.
    """
    fcm = messaging.Message(
        data={**message.data, "message_id": message.message_id},
        notification=messaging.Notification(title=message.title, body=message.body),
        android=messaging.AndroidConfig(
            priority="high",
            ttl=MESSAGE_LIFETIME_S,
            notification=messaging.AndroidNotification(tag=message.message_id),
        ),
        apns=messaging.APNSConfig(headers={"apns-collapse-id": message.message_id}),
    )
    if message.address.kind is AddressKind.FCM_FID:
        fcm.fid = message.address.value
    else:
        # Set after the construction, which would warn: phones with older SDKs have a token and no fid until
        # they are updated. The attribute goes when firebase-admin drops it (8.0).
        fcm.token = message.address.value
    # What sending does first: done here, a fault of the message is told from a fault of the answer.
    messaging._MessagingService.encode_message(fcm)
    return fcm


def _retry_after_s(value: str | None, now: datetime) -> float | None:
    """Read a ``Retry-After``: seconds or an HTTP date (RFC 9110, 10.2.3). What cannot be read counts as absent."""
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (TypeError, ValueError):
        return None
