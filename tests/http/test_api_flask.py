"""What our Flask leaves out is missed by nobody: answers are as Werkzeug would send them, hosts are read as it does."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask, Response
from werkzeug.exceptions import BadRequest
from werkzeug.test import Client

from mobile_api.api_flask import ApiFlask

ANSWERS = {
    "whole": lambda: Response(b'{"a":1}', 201, mimetype="application/json", headers=[("ETag", '"v1"')]),
    "text": lambda: Response("南通", mimetype="text/plain"),
    "empty": lambda: Response(b""),
    "pieces": lambda: Response(iter([b"one", b"two"]), mimetype="text/plain"),
    "list of texts": lambda: Response(["一", "二"], mimetype="text/plain"),
    "list of texts of a known length": lambda: Response(["一"], headers=[("Content-Length", "3")]),
    "moved": lambda: Response(b"", 303, headers=[("Location", "/接口")]),
    "no content": lambda: Response(b"", 204),
    "not modified": lambda: Response(b"kept", 304, headers=[("ETag", '"v1"')]),
}


def served(made: type[Flask]) -> Flask:
    app = made("told", static_folder=None)
    for place, answer in enumerate(ANSWERS.values()):
        app.add_url_rule(f"/{place}", str(place), answer)
    return app


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("place", range(len(ANSWERS)), ids=ANSWERS)
def test_an_answer_is_the_one_that_flask_would_send(place, method):
    ours, flasks = (served(made).test_client().open(f"/{place}", method=method) for made in (ApiFlask, Flask))

    assert (ours.status, ours.data) == (flasks.status, flasks.data)
    assert sorted(ours.headers) == sorted(flasks.headers)


def test_what_was_opened_for_an_answer_is_closed_after_it():
    closed, app = [], served(ApiFlask)
    answer = Response(b"whole")
    answer.call_on_close(lambda: closed.append(True))
    app.add_url_rule("/closing", "closing", lambda: answer)

    app.test_client().get("/closing", buffered=True)

    assert closed == [True]


@pytest.mark.parametrize(
    "host", ["", "localhost:80", "NANTONG.test:8443", "[::1]:5000", "a b", "\xff", "x" * 300, "例"]
)
def test_a_host_is_read_as_flask_reads_it(host):
    def read(app: Flask) -> tuple[str, int]:
        environ = {"HTTP_HOST": host.encode().decode("latin-1"), "PATH_INFO": "/0", "REQUEST_METHOD": "GET"}
        with app.test_request_context("/0", environ_overrides=environ) as asked:
            refused = asked.request.routing_exception
            return asked.request.host, refused.code if isinstance(refused, BadRequest) else 0

    assert read(served(ApiFlask)) == read(served(Flask))


def test_an_answer_without_a_host_is_given():
    assert Client(served(ApiFlask)).get("/0", environ_overrides={"HTTP_HOST": None}).status_code in (201, 400)


def test_nobody_is_given_a_cookie():
    assert "Set-Cookie" not in served(ApiFlask).test_client().get("/0").headers


def test_a_blueprint_with_hooks_of_its_own_is_refused_for_they_would_not_be_asked():
    guarded = Blueprint("guarded", "guarded")
    guarded.before_request(lambda: None)

    with pytest.raises(TypeError, match="guarded has hooks of its own"):
        ApiFlask("told").register_blueprint(guarded)
