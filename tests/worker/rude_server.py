"""A server that breaks the rules in every way that a client must survive: bytes on a socket, and no library."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias

# A conversation gets the connection, after the request was read, and the event that ends the test.
Conversation: TypeAlias = Callable[[socket.socket, threading.Event], None]


@dataclass
class RudeServer:
    """Reads one request a connection, and answers with whatever conversation is set."""

    conversation: Conversation
    requests: list[bytes] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    listening: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}"

    def serve(self) -> None:
        """Take connections until the test is over."""
        while not self.over.is_set():
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self.requests.append(_request(connection))
            self.conversation(connection, self.over)


@contextmanager
def rude_server(conversation: Conversation) -> Iterator[RudeServer]:
    """Run one for the time of the block."""
    server = RudeServer(conversation)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        with suppress(OSError):
            server.listening.shutdown(socket.SHUT_RDWR)
        server.listening.close()
        thread.join(5)


def answering(status: str, body: bytes, *headers: str) -> Conversation:
    """Answer at once."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
        connection.sendall("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body)

    return talk


def dripping(first: bytes, drop: bytes, *, every_s: float) -> Conversation:
    """Say ``first`` at once, and then a drop at a time for as long as the test lasts."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(first)
        while not over.wait(every_s):
            connection.sendall(drop)

    return talk


def flooding(first: bytes, drop: bytes) -> Conversation:
    """Say ``first`` and then as much as the other side takes."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(first)
        while not over.is_set():
            connection.sendall(drop)

    return talk


def token_answer(access_token: str = "rude") -> bytes:
    """Return the body of a sound answer of a token endpoint."""
    return json.dumps({"access_token": access_token, "expires_in": 3600, "token_type": "Bearer"}).encode()


def _request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    [length] = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
