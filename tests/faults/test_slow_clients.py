"""Two hundred clients that drip a byte a second, or never read their answer, beside ordinary people."""

from __future__ import annotations

import itertools
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.faults.load import Client, Load, Request, percentile
from tests.faults.run_product import PRODUCT, Product, new_product, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow]
SLOW, ORDINARY, ASKED = 200, 8, 400
HOST = b"Host: 127.0.0.1\r\n"
# How each kind begins, and what it sends each second.
KINDS = {
    "headers": (b"GET /api/v1/reference/divisions HTTP/1.1\r\n", b"x"),
    "body": (
        b"POST /api/v1/sessions/codes HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
        b"Content-Length: 500\r\n\r\n{",
        b" ",
    ),
    "chunks": (
        b"POST /api/v1/sessions/codes HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
        b"1\r\n \r\n",
    ),
    "deaf": (b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"\r\n", b""),
}


class SlowClient:
    """One connection that wastes the server's time."""

    def __init__(self, port: int, kind: str) -> None:
        self.kind = kind
        self.said = b""
        self.ended = False
        begin, self._drop = KINDS[kind]
        self.socket = socket.socket()
        # Little room, so that an answer that nobody reads stays with the server.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(("127.0.0.1", port))
        self.socket.sendall(begin)
        self.socket.setblocking(False)

    def drip(self) -> None:
        """Send a byte, and take what came. The deaf do neither."""
        if self.kind == "deaf" or self.ended:
            return
        try:
            self.socket.send(self._drop)
            said = self.socket.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        self.said += said
        self.ended = not said


class SlowClients:
    """All of them, dripping until the end."""

    def __init__(self, port: int) -> None:
        kinds = itertools.islice(itertools.cycle(KINDS), SLOW)
        self.all = [SlowClient(port, kind) for kind in kinds]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._drip)

    def __enter__(self) -> SlowClients:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join(30)
        for client in self.all:
            client.socket.close()

    def _drip(self) -> None:
        while not self._over.wait(1.0):
            for client in self.all:
                client.drip()

    def still_dripping(self) -> int:
        """Return how many that send have not been turned away."""
        return sum(not client.ended for client in self.all if client.kind != "deaf")


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    with new_product(module=PRODUCT, environment={"BAITONG_TRAFFIC_LIMIT_PER_MINUTE": "1000000"}) as made:
        made.start()
        made.await_ready(within_s=180)
        yield made


def reads_and_writes() -> Iterator[Request]:
    """Yield what ordinary people ask: a page of the reference, and a form that is answered whatever it says."""
    form = json.dumps({"refresh_token": "x" * 43}).encode()
    while True:
        yield Request(method="GET", path="/api/v1/reference/request-types")
        yield Request(
            method="POST",
            path="/api/v1/sessions/refresh",
            body=form,
            headers={"Content-Type": "application/json"},
        )


@pytest.mark.timeout(300)
def test_two_hundred_slow_clients_hold_nobody_up_and_are_turned_away(product: Product) -> None:
    workers = product.web_workers()
    people = [(Client(product.port, keep_alive=n % 2 == 0), reads_and_writes()) for n in range(ORDINARY)]

    with SlowClients(product.port) as slow:
        begun_s = time.monotonic()
        with Load(people, pause_s=0.05) as load:
            wait_until(lambda: len(load.outcomes) >= ASKED, within_s=120, what="ordinary requests")
            slow_s = wait_until(lambda: slow.still_dripping() == 0, within_s=60, what="the end of the slow ones")
        gone_s = time.monotonic() - begun_s
        ends = Counter((client.kind, client.said.split(b"\r\n")[0].decode()) for client in slow.all)

    good = [outcome for outcome in load.outcomes if outcome.status in {200, 401, 422}]
    print(f"\n{SLOW} slow clients: {len(good)} of {len(load.outcomes)} ordinary requests served, ", end="")
    print(f"p99 {percentile(load.outcomes, 0.99):.3f} s; the slow gone after {gone_s:.1f} s ({slow_s:.1f} s more)")
    print(dict(ends))
    assert len(good) >= 0.99 * len(load.outcomes)
    assert percentile(load.outcomes, 0.99) < 2.0
    assert product.web_workers().keys() == workers.keys()
    turned_away = {"HTTP/1.1 408 Request Timeout", "HTTP/1.1 503 Service Unavailable"}
    assert {line for (kind, line) in ends if kind == "body"} <= turned_away
    # No chunk is waited for: a body says its length before.
    assert {line for (kind, line) in ends if kind == "chunks"} == {"HTTP/1.1 400 Bad Request"}
