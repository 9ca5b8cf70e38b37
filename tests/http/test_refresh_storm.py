"""Fifty people whose apps refresh twenty times at once, over real sockets: nobody is signed out by mistake (S11)."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from werkzeug.serving import make_server

from mobile_api.app import create_app
from tests.callers import Callers
from tests.sign_in_desk import SignInDesk

USERS, AT_ONCE = 50, 20


@pytest.fixture
def port(services) -> Iterator[int]:
    """The port of a server with a thread for each request, over the worker's real database."""
    app = create_app(replace(services, settings=replace(services.settings, traffic_limit_per_minute=1_000_000)))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    yield server.server_port
    server.shutdown()
    serving.join()
    server.server_close()


def refresh(port: int, token: str) -> tuple[int, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(
            "POST",
            "/api/v1/sessions/refresh",
            body=json.dumps({"refresh_token": token}),
            headers={"Content-Type": "application/json", "Connection": "close"},
        )
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_twenty_refreshes_at_once_of_each_of_fifty_people_leave_one_live_token_a_family_and_sign_nobody_out(
    port, callers: Callers, desk: SignInDesk, clock
):
    tokens = [callers.refresh_token_of_a_citizen() for _ in range(USERS)]

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(lambda token: refresh(port, token), [t for t in tokens for _ in range(AT_ONCE)]))

    assert {status for status, _ in answers} == {200}
    families = [answers[n * AT_ONCE : (n + 1) * AT_ONCE] for n in range(USERS)]
    successors = [{body["refresh_token"] for _, body in family} for family in families]
    assert [len(family) for family in successors] == [1] * USERS
    live = desk.rows("SELECT count(*), count(DISTINCT session_id) FROM refresh_token WHERE used_at IS NULL")
    assert live == [(USERS, USERS)]
    assert desk.rows("SELECT count(*) FROM device_session WHERE ended_at IS NOT NULL") == [(0,)]

    clock.advance(seconds=30)
    late, other = refresh(port, tokens[0]), refresh(port, next(iter(successors[1])))

    assert (late[0], late[1]["code"]) == (401, "refresh-token-refused")
    assert other[0] == 200
    assert desk.rows("SELECT end_reason FROM device_session WHERE ended_at IS NOT NULL") == [("token_reused",)]
    assert refresh(port, next(iter(successors[0])))[0] == 401
