"""A provider that breaks the rules: drips, floods, redirects and garbage hold nobody and lose nothing (S20, R9)."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from backend.infrastructure.breaker import Breaker
from backend.infrastructure.fakes.fcm import LoopbackFcm
from backend.infrastructure.fakes.fcm_credentials import ensure_credentials
from backend.infrastructure.fcm import BULKHEAD, FcmProvider
from backend.infrastructure.push import PUSH_TIMEOUT_S, AddressKind, PushAddress, PushMessage, PushOutcome
from backend.kernel.clock import SystemClock
from tests.worker.rude_server import Conversation, RudeServer, answering, dripping, flooding, rude_server, token_answer

# Shorter than the product's, so that many ways fit in a test; one test takes the product's own.
SHORT_S = 1.0
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
DRIPS = {
    "a status line": dripping(b"", b"H", every_s=0.1),
    "headers": dripping(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", every_s=0.1),
    "a body": dripping(HEAD + b"Content-Length: 1000000\r\n\r\n{", b" ", every_s=0.1),
    "a body that ends with the connection": dripping(HEAD + b"Connection: close\r\n\r\n{", b" ", every_s=0.1),
    "a body in chunks": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", every_s=0.1),
    "interim answers": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n", every_s=0.1),
}
# What an answer may hold instead of what it should; each is tried again, none is taken for a fault of the message.
GARBAGE = {
    "no JSON": answering("200 OK", b"<html>"),
    "nothing": answering("200 OK", b""),
    "a list": answering("200 OK", b"[]"),
    "a text": answering("200 OK", b'"name"'),
    "no name": answering("200 OK", b"{}"),
    "a nest": answering("200 OK", b"[" * 50_000),
    "no UTF-8": answering("200 OK", b"\xff\xfe{"),
    "an error that is no UTF-8": answering("503 Service Unavailable", "系统繁忙".encode("gbk")),
    "an error that is a text": answering("503 Service Unavailable", b'{"error": "busy"}'),
    "an error that is a nest": answering("503 Service Unavailable", b"[" * 50_000),
    "an error of an odd shape": answering("503 Service Unavailable", b'{"error": {"details": {"a": 1}, "status": 7}}'),
    "a wait that is no number": answering("503 Service Unavailable", b"{}", "Retry-After: \xb2"),
    "a gzip that is none": answering("200 OK", b"\x1f\x8b\x08garbage", "Content-Encoding: gzip"),
    "half a body": lambda c, _: c.sendall(HEAD + b'Content-Length: 99\r\n\r\n{"name": "half'),
    "no HTTP": lambda c, _: c.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "a reset": lambda c, _: c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0"),
}
TOKEN_GARBAGE = GARBAGE | {
    "an expiry that is no number": answering("200 OK", b'{"access_token": "t", "expires_in": "soon"}'),
    "a token that is a number": answering("200 OK", b'{"access_token": 7, "expires_in": 3600}'),
}


def message(address: str = "address-1") -> PushMessage:
    return PushMessage(
        message_id="m-1",
        address=PushAddress(kind=AddressKind.FCM_FID, value=address),
        title="南通百通",
        body="您的诉求有新进展（NT2611240000017）",
        data={},
    )


class Rudeness:
    """Doors to servers that are rude in the one part or the other; all are closed after the test."""

    def __init__(self, stack: ExitStack, credentials: Path) -> None:
        self._stack = stack
        self._credentials = credentials
        # The account's key is made once for the whole run: making one takes a while.
        self._account = json.loads(credentials.read_text())

    def server(self, conversation: Conversation) -> RudeServer:
        return self._stack.enter_context(rude_server(conversation))

    def door(self, *, sends_to: RudeServer, token_from: RudeServer | None = None, timeout_s: float) -> FcmProvider:
        token_from = token_from or self.server(answering("200 OK", token_answer()))
        credentials = self._credentials.with_name(f"{id(sends_to)}.json")
        credentials.write_text(json.dumps(self._account | {"token_uri": token_from.base_url + "/token"}))
        clock = SystemClock()
        door = FcmProvider(
            credentials_file=credentials,
            base_url=sends_to.base_url,
            clock=clock,
            breaker=Breaker(clock, opens_after=1000),
            timeout_s=timeout_s,
        )
        self._stack.callback(door.close)
        return door


@pytest.fixture
def rudeness(fcm_credentials: Path, tmp_path: Path) -> Iterator[Rudeness]:
    ensure_credentials(fcm_credentials, base_url="http://127.0.0.1:9")
    credentials = tmp_path / "account.json"
    credentials.write_text(fcm_credentials.read_text())
    with ExitStack() as stack:
        yield Rudeness(stack, credentials)


def threads_of_doors() -> set[threading.Thread]:
    """Return the threads of doors; those of a closed door end once they are done."""
    return {thread for thread in threading.enumerate() if thread.name.startswith("fcm_")}


@pytest.mark.parametrize("drip", DRIPS.values(), ids=DRIPS)
def test_a_drip_that_no_time_out_of_a_socket_ends_holds_neither_the_worker_nor_the_door(
    rudeness: Rudeness, drip: Conversation
):
    server = rudeness.server(drip)
    door = rudeness.door(sends_to=server, timeout_s=SHORT_S)
    with ThreadPoolExecutor(BULKHEAD) as workers:
        dripped = list(workers.map(door.send, [message()] * BULKHEAD))

    # Every thread of the door must be free again, or this message would wait for one in vain.
    server.conversation = answering("200 OK", b'{"name": "projects/p/messages/1"}')
    after = door.send(message())

    assert {(result.outcome, result.code) for result in dripped} == {(PushOutcome.RETRY, "timeout")}
    assert after.outcome is PushOutcome.DELIVERED


def test_a_drip_at_the_token_endpoint_holds_nobody_either_and_the_message_does_not_go_out_late(rudeness: Rudeness):
    tokens = rudeness.server(dripping(HEAD + b"Content-Length: 1000000\r\n\r\n{", b" ", every_s=0.1))
    provider = rudeness.server(answering("200 OK", b'{"name": "projects/p/messages/1"}'))
    door = rudeness.door(sends_to=provider, token_from=tokens, timeout_s=SHORT_S)
    with ThreadPoolExecutor(BULKHEAD) as workers:
        dripped = list(workers.map(door.send, [message("given-up")] * BULKHEAD))

    tokens.conversation = answering("200 OK", token_answer())
    after = door.send(message("later"))

    assert {(result.outcome, result.code) for result in dripped} == {(PushOutcome.RETRY, "timeout")}
    assert after.outcome is PushOutcome.DELIVERED
    assert [b"later" in request for request in provider.requests] == [True]


def test_a_token_that_comes_after_the_worker_gave_up_sends_nothing(rudeness: Rudeness):
    given_up = threading.Event()

    def after_the_end(connection: socket.socket, over: threading.Event) -> None:
        # A name look-up or a stopped process delay in this way: the request itself is never late.
        given_up.wait(10)
        answering("200 OK", token_answer())(connection, over)

    provider = rudeness.server(answering("200 OK", b'{"name": "projects/p/messages/1"}'))
    door = rudeness.door(sends_to=provider, token_from=rudeness.server(after_the_end), timeout_s=SHORT_S)

    result = door.send(message())
    given_up.set()
    door.close()
    for thread in threads_of_doors():
        thread.join(5)

    assert (result.outcome, result.code) == (PushOutcome.RETRY, "timeout")
    assert provider.requests == []


def test_a_drip_holds_a_worker_for_the_ten_seconds_of_the_product_and_no_longer(rudeness: Rudeness):
    server = rudeness.server(dripping(HEAD + b"Content-Length: 1000000\r\n\r\n{", b" ", every_s=1.0))
    door = rudeness.door(sends_to=server, timeout_s=PUSH_TIMEOUT_S)
    begun_s = time.monotonic()

    door.send(message())

    # A server that drips is silent for less than any time-out: what ended it is the deadline, and nothing else did.
    assert PUSH_TIMEOUT_S <= time.monotonic() - begun_s < PUSH_TIMEOUT_S + 5


@pytest.mark.parametrize(
    "flood",
    [
        flooding(HEAD + b"Connection: close\r\n\r\n", b" " * 65536),
        flooding(HEAD + b"Content-Length: 1000000000\r\n\r\n", b" " * 65536),
        flooding(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b" " * 65536 + b"\r\n"),
    ],
    ids=["until it closes", "a gigabyte", "chunks"],
)
def test_an_answer_without_end_is_left_after_its_first_64_kib(rudeness: Rudeness, flood: Conversation):
    door = rudeness.door(sends_to=rudeness.server(flood), timeout_s=60)

    result = door.send(message())

    assert (result.outcome, result.code) == (PushOutcome.RETRY, "unknown")


def test_headers_without_end_are_left_too(rudeness: Rudeness):
    door = rudeness.door(sends_to=rudeness.server(flooding(b"HTTP/1.1 200 OK\r\n", b"X-More: x\r\n")), timeout_s=60)

    assert door.send(message()).outcome is PushOutcome.RETRY


def redirecting(target: RudeServer) -> Conversation:
    return answering("307 Temporary Redirect", b"{}", f"Location: {target.base_url}/elsewhere")


def test_a_redirect_is_not_followed(rudeness: Rudeness):
    elsewhere = rudeness.server(answering("200 OK", b'{"name": "projects/p/messages/1"}'))
    door = rudeness.door(sends_to=rudeness.server(redirecting(elsewhere)), timeout_s=60)

    result = door.send(message())

    assert (result.outcome, elsewhere.requests) == (PushOutcome.RETRY, [])


def test_a_redirect_of_the_token_endpoint_is_not_followed(rudeness: Rudeness):
    elsewhere = rudeness.server(answering("200 OK", token_answer()))
    provider = rudeness.server(answering("200 OK", b'{"name": "projects/p/messages/1"}'))
    door = rudeness.door(sends_to=provider, token_from=rudeness.server(redirecting(elsewhere)), timeout_s=60)

    result = door.send(message())

    assert (result.outcome, elsewhere.requests, provider.requests) == (PushOutcome.RETRY, [], [])


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_no_fault_of_the_message_which_is_tried_again(rudeness: Rudeness, garbage: Conversation):
    door = rudeness.door(sends_to=rudeness.server(garbage), timeout_s=60)

    assert door.send(message()).outcome is PushOutcome.RETRY


@pytest.mark.parametrize("garbage", TOKEN_GARBAGE.values(), ids=TOKEN_GARBAGE)
def test_garbage_of_the_token_endpoint_is_no_fault_of_the_message_either(rudeness: Rudeness, garbage: Conversation):
    provider = rudeness.server(answering("401 Unauthorized", b"{}"))
    door = rudeness.door(sends_to=provider, token_from=rudeness.server(garbage), timeout_s=60)

    assert door.send(message()).outcome is PushOutcome.RETRY


def test_a_port_that_nobody_listens_on_costs_a_try(fcm: LoopbackFcm, fcm_credentials: Path, unused_port: Callable):
    door = FcmProvider(
        credentials_file=fcm_credentials, base_url=f"http://127.0.0.1:{unused_port()}", clock=SystemClock()
    )

    result = door.send(message())
    door.close()

    assert (result.outcome, result.code) == (PushOutcome.RETRY, "unavailable")


@pytest.fixture
def unused_port() -> Callable[[], int]:
    def find() -> int:
        with socket.create_server(("127.0.0.1", 0)) as server:
            return server.getsockname()[1]

    return find
