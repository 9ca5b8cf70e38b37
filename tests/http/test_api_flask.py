"""What our Flask leaves out is missed by nobody: answers are as Werkzeug would send them, hosts are read as it does."""

from __future__ import annotations

from functools import wraps

import pytest
from flask import Blueprint, Flask, Response, abort
from flask.views import MethodView, View
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


class Told(MethodView):
    """A class of methods, of which one takes a part of the path, one fails and one refuses."""

    def get(self, part: str = "") -> Response:
        """Tell the part of the path."""
        return Response(f"part {part}")

    def post(self, part: str = "") -> tuple[dict[str, str], int]:
        """Tell it in another way, which Flask has to make an answer of."""
        return {"part": part}, 201

    def put(self, part: str = "") -> Response:
        """Refuse."""
        abort(409, part)

    def delete(self, part: str = "") -> Response:
        """Fail."""
        raise ZeroDivisionError(part)


def with_methods(made: type[Flask]) -> tuple[Flask, list[str]]:
    """Return an application of that class whose hooks write down that they were called."""
    app, heard = made("told", static_folder=None), []
    app.before_request(lambda: heard.append("before"))
    for name in ("first", "second"):
        app.after_request(lambda answer, name=name: heard.append(f"after {name} {answer.status_code}") or answer)
        app.teardown_request(lambda error, name=name: heard.append(f"teardown {name} {type(error).__name__}"))
    app.add_url_rule("/told", view_func=Told.as_view("told"))
    app.add_url_rule("/told/<part>", view_func=Told.as_view("told of"))
    app.register_error_handler(409, lambda error: (f"refused {error.code}", 409))
    return app, heard


@pytest.mark.parametrize("path", ["/told", "/told/七", "/told/", "/elsewhere"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_a_method_is_answered_and_the_hooks_are_called_as_flask_does(method, path):
    (ours, heard), (flasks, heard_by_flask) = with_methods(ApiFlask), with_methods(Flask)

    for _ in range(2):
        told, expected = (app.test_client().open(path, method=method) for app in (ours, flasks))

        assert (told.status, told.data) == (expected.status, expected.data)
        assert sorted(told.headers) == sorted(expected.headers)
    assert heard == heard_by_flask != []


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


@pytest.mark.parametrize("hook", [lambda b: b.before_request, lambda b: b.after_request, lambda b: b.teardown_request])
def test_a_blueprint_with_hooks_of_its_own_is_refused_for_they_would_not_be_asked(hook):
    guarded = Blueprint("guarded", "guarded")
    hook(guarded)(lambda *_: None)

    with pytest.raises(TypeError, match="guarded has hooks of its own"):
        ApiFlask("told").register_blueprint(guarded)


class Decorated(MethodView):
    """A class of methods with a decorator around all of them."""

    decorators = [lambda view: view]  # noqa: RUF012 - as Flask reads it


class Made(MethodView):
    """A class that is made with something."""

    def __init__(self, greeting: str = "") -> None:
        """Keep it."""
        self.greeting = greeting


class Other(View):
    """A class without methods."""


@pytest.mark.parametrize(
    "view", [Decorated.as_view("a"), Made.as_view("b"), Other.as_view("c"), wraps(Told.as_view("d"))(lambda: "d")]
)
def test_a_class_with_more_to_it_than_its_methods_is_refused_for_they_alone_would_be_called(view):
    with pytest.raises(TypeError, match="has more to it than its methods"):
        ApiFlask("told").add_url_rule("/view", "view", view)
