"""A wire between a client and a server that a test may freeze: nothing is closed, and nothing passes."""

from __future__ import annotations

import selectors
import socket
import threading
from urllib.parse import parse_qs, urlsplit


class Wire:
    """A TCP wire to the Unix socket of a server. While it is frozen everything stays open and nothing passes."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._selector = selectors.DefaultSelector()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._selector.register(self._server, selectors.EVENT_READ)
        self._open: list[socket.socket] = [self._server]
        self._over = threading.Event()
        self.frozen = threading.Event()
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def url_of(self, database_url: str) -> str:
        """Return the URL by which a database is reached over this wire."""
        whole = urlsplit(database_url)
        return f"postgresql://{whole.username}:{whole.password}@127.0.0.1:{self.port}{whole.path}"

    def cut(self) -> None:
        """Take the wire away."""
        self._over.set()
        self._thread.join(10)
        for one in self._open:
            one.close()
        self._selector.close()

    def _run(self) -> None:
        while not self._over.is_set():
            for key, _ in self._selector.select(0.02):
                if key.fileobj is self._server:
                    self._accept()
                elif not self.frozen.is_set():
                    self._pass_on(key.fileobj, key.data)
            if self.frozen.is_set():
                self._over.wait(0.02)

    def _accept(self) -> None:
        near, _ = self._server.accept()
        far = socket.socket(socket.AF_UNIX)
        far.connect(self._target)
        self._open += [near, far]
        self._selector.register(near, selectors.EVENT_READ, far)
        self._selector.register(far, selectors.EVENT_READ, near)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        try:
            said = source.recv(65_536)
            target.sendall(said) if said else target.shutdown(socket.SHUT_WR)
        except OSError:
            said = b""
        if not said:
            self._selector.unregister(source)


def wire_to(database_url: str) -> Wire:
    """Return a new wire to the server of a database whose URL names a Unix socket."""
    folder = parse_qs(urlsplit(database_url).query)["host"][0]
    return Wire(f"{folder}/.s.PGSQL.5432")
