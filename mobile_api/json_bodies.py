"""JSON in and out: orjson both ways, and bodies that are refused before they can hurt (S14)."""

from __future__ import annotations

import decimal
import json
import re
from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider
from marshmallow import ValidationError
from typing_extensions import override
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from backend.kernel.errors import Malformed

MAX_DEPTH = 32
# Every name of an object ends so; a text may hold the same by chance.
_NAME_ENDS = re.compile(rb'"[ \t\n\r]*:')


class JsonMalformed(Malformed):
    """The body is not JSON, or not JSON that we take."""

    code = "json-malformed"
    default_detail = "提交的内容不是有效的 JSON。"


class JsonTooDeep(Malformed):
    """The body nests deeper than any form of ours."""

    code = "json-too-deep"
    default_detail = f"JSON 嵌套不能超过 {MAX_DEPTH} 层。"


class JsonNameTwice(Malformed):
    """An object holds one name twice: parsers differ in which of the two they take."""

    code = "json-name-twice"
    default_detail = "JSON 的同一对象中有重复的字段名。"


def parse_json(raw: bytes) -> object:
    """Return the value of a JSON text.

    Raises JsonMalformed (also for lone surrogates and numbers without end), JsonTooDeep or JsonNameTwice.
    """
    try:
        value: object = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise JsonMalformed from error
    level, names = [value] if isinstance(value, dict | list) else [], 0
    for _ in range(MAX_DEPTH):
        names += sum([len(node) for node in level if isinstance(node, dict)])
        inner = [node.values() if isinstance(node, dict) else node for node in level]
        level = [child for children in inner for child in children if isinstance(child, dict | list)]
        if not level:
            if len(_NAME_ENDS.findall(raw)) > names:
                _refuse_names_twice(raw)
            return value
    raise JsonTooDeep


def _refuse_names_twice(raw: bytes) -> None:
    """Read a text again that is known to be JSON and shallow: orjson keeps the last of two equal names unsaid.

    Asked only where a text has more places that look like the end of a name than its value has names.
    """
    json.loads(raw, object_pairs_hook=_object_of, parse_int=_nothing_of, parse_float=_nothing_of)


def _object_of(pairs: list[tuple[str, object]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        raise JsonNameTwice


def _nothing_of(_digits: str) -> None:
    """Spare the reading of a number: those of thousands of digits take the square of their length."""


class JsonParser(FlaskParser):  # webargs' generic parser is typed for another request class
    """webargs with our reading of JSON bodies, and unknown or repeated fields refused everywhere."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": "raise"}

    @override
    def load_querystring(self, req: Any, schema: Any) -> Any:
        """Return the query, each of its parameters once: caches and gateways differ in which of two they take."""
        _refuse_twice(req.args)
        return super().load_querystring(req, schema)

    @override
    def load_form(self, req: Any, schema: Any) -> Any:
        """Return the fields and the files of a form, each once: the document has one schema for both."""
        sent = CombinedMultiDict[str, Any]([req.form, req.files])
        _refuse_twice(sent)
        return self._makeproxy(sent, schema)

    @override
    def _raw_load_json(self, req: Any) -> Any:
        raw = req.get_data()
        if raw and not req.is_json:
            raise UnsupportedMediaType
        return parse_json(raw) if raw else {}


def _refuse_twice(values: MultiDict[str, Any]) -> None:
    twice = sorted(name for name, given in values.lists() if len(given) > 1)
    if twice:
        raise ValidationError({name: ["只能给出一次。"] for name in twice})


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
