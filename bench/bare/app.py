"""Bare's web: the same server and the same edge as the product's ``wsgi:edge``, over a Flask app of a few routes."""

# ruff: noqa: E402 - armed before the long imports, as in wsgi.py
from backend.infrastructure.embedded.die_with_parent import arm

arm()

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import orjson
from flask import Flask, Response, request

from backend.infrastructure.settings import default_env_files, read_environment
from bench.bare.store import Bytes, Store, kept_bytes
from mobile_api.edge.server import Edge, WsgiApp

BYTES_DIR_VARIABLE = "BAITONG_BARE_BYTES_DIR"
_JSON = "application/json"
_BODY_LIMIT_BYTES = 1024 * 1024


def make_app(store: Store, kept: Mapping[str, Bytes]) -> Flask:
    """Return the application over a store and the answers kept as bytes."""
    app = Flask("bare", static_folder=None)

    @app.get("/hello")
    def hello() -> Response:
        return Response(b'{"hello":"world"}', mimetype=_JSON)

    @app.post("/api/v1/complaints")
    def file() -> Response:
        said = request.get_data()
        receipt = store.file(orjson.loads(said), request.headers["Idempotency-Key"], said)
        return Response(orjson.dumps(receipt), status=201, mimetype=_JSON)

    @app.get("/api/v1/public/complaints/<number>")
    def status(number: str) -> Response:
        found = store.status(number)
        if found is None:
            return Response(b"{}", status=404, mimetype=_JSON)
        return Response(orjson.dumps({"number": number} | found), mimetype=_JSON)

    @app.get("/api/v1/cases")
    def queue() -> Response:
        rows = store.queue(request.args.get("centre", "320682"), int(request.args.get("limit", "20")))
        return Response(orjson.dumps({"items": rows, "next_cursor": None}), mimetype=_JSON)

    @app.get("/bytes/<name>")
    def from_memory(name: str) -> Response:
        answer = kept[name]
        if request.headers.get("If-None-Match") == answer.etag:
            return Response(status=304, headers={"ETag": answer.etag})
        return Response(answer.content, mimetype=_JSON, headers={"ETag": answer.etag})

    return app


def _edge() -> Edge:
    values = read_environment(*default_env_files()[:1])
    folder = values.get(BYTES_DIR_VARIABLE)
    app = make_app(Store(values["DATABASE_URL"]), kept_bytes(Path(folder)) if folder else {})
    # Flask names the types of its own call differently; the call is the same.
    return Edge(cast("WsgiApp", app), body_limit_bytes=_BODY_LIMIT_BYTES)


def __getattr__(name: str) -> Edge:
    """Make ``edge`` when the server asks for it, so that a test may import ``make_app`` alone."""
    if name == "edge":
        return _edge()
    raise AttributeError(name)
