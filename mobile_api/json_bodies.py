"""JSON in and out: orjson both ways, and bodies that are refused before they can hurt (S14)."""

from __future__ import annotations

import decimal
from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider
from typing_extensions import override
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from backend.kernel.errors import Malformed

MAX_DEPTH = 32


class JsonMalformed(Malformed):
    """The body is not JSON, or not JSON that we take."""

    code = "json-malformed"
    default_detail = "提交的内容不是有效的 JSON。"


class JsonTooDeep(Malformed):
    """The body nests deeper than any form of ours."""

    code = "json-too-deep"
    default_detail = f"JSON 嵌套不能超过 {MAX_DEPTH} 层。"


def parse_json(raw: bytes) -> object:
    """Return the value of a JSON text. Raises JsonMalformed (also for lone surrogates) or JsonTooDeep."""
    try:
        value: object = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise JsonMalformed from error
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _children(node)]
        if not level:
            return value
    raise JsonTooDeep


def _children(node: object) -> list[object]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


class JsonParser(FlaskParser):  # webargs' generic parser is typed for another request class
    """webargs with our reading of JSON bodies, and unknown fields refused everywhere."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": "raise"}

    @override
    def _raw_load_json(self, req: Any) -> Any:
        raw = req.get_data()
        if raw and not req.is_json:
            raise UnsupportedMediaType
        return parse_json(raw) if raw else {}


class OrjsonProvider(JSONProvider):
    """Flask's JSON by orjson: UTC instants end in Z, Chinese stays Chinese."""

    @override
    def dumps(self, obj: Any, **_options: Any) -> str:
        """Return the JSON text of ``obj``."""
        return _dump(obj).decode()

    @override
    def loads(self, s: str | bytes, **_options: Any) -> Any:
        """Return the value of a JSON text."""
        return orjson.loads(s)

    @override
    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Return a JSON answer."""
        return Response(_dump(self._prepare_response_obj(args, kwargs)), mimetype="application/json")


def _dump(obj: object) -> bytes:
    return orjson.dumps(obj, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def _plain(value: object) -> object:
    if isinstance(value, decimal.Decimal):
        return str(value)
    if hasattr(value, "to_dict"):  # the pieces of the OpenAPI document
        return value.to_dict()
    raise TypeError(f"no JSON for {type(value).__name__}")
