"""Answers from the memory of the process: made once a version, then handed out as bytes with their ETag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, ParamSpec

import orjson
from flask import Response, request
from werkzeug.exceptions import PreconditionFailed

from mobile_api.services import services
from service_catalog.browsing.answers import Answer
from service_catalog.browsing.snapshot import Snapshot

P = ParamSpec("P")

# A load is seen within a minute; while nothing answers, a phone goes on with what it has for a day.
CACHE_CONTROL = "public, max-age=60, stale-if-error=86400"
# A longer address is answered, and not remembered.
_MAX_REMEMBERED_LENGTH = 1024
_JSON = "application/json"


def snapshot() -> Snapshot:
    """Return the catalogue as this process holds it now. Raises CatalogueNotLoaded."""
    return services().catalogue.current()


def made(document: dict[str, object]) -> Response:
    """Return an answer of a view, to be remembered by ``from_memory``."""
    return Response(orjson.dumps(document, option=orjson.OPT_UTC_Z), mimetype=_JSON)


# Any: whatever a view may be called with; flask-smorest's decorators are untyped.
def from_memory(view: Callable[P, Any]) -> Callable[P, Response]:
    """Answer a request that was answered before without calling the view: same address, same version, same bytes.

    Refusals are raised by the view and remembered by nobody. Raises PreconditionFailed.
    """

    @wraps(view)
    def remembered(*args: P.args, **kwargs: P.kwargs) -> Response:
        kept = snapshot().answers
        asked = asked_by(request.environ)
        answer = kept.get(asked)
        if answer is None:
            route = request.url_rule.rule if request.url_rule else "none"
            answer = Answer.of(view(*args, **kwargs).get_data(), route)
            if len(asked) <= _MAX_REMEMBERED_LENGTH:
                kept.put(asked, answer)
        return _conditional(answer)

    return remembered


def asked_by(environ: Mapping[str, Any]) -> str:
    """Return what names a request among those that were answered: its address."""
    return f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"


def headers_of(answer: Answer) -> list[tuple[str, str]]:
    """Return by what an answer is kept and asked about again."""
    return [("ETag", answer.etag), ("Cache-Control", CACHE_CONTROL)]


def _conditional(answer: Answer) -> Response:
    """Return 304 to whoever has the answer, else the answer (RFC 9110, section 13)."""
    headers = headers_of(answer)
    # What apps send is the very tag; lists of tags, weak ones and stars go the long way.
    if request.environ.get("HTTP_IF_NONE_MATCH") == answer.etag and "HTTP_IF_MATCH" not in request.environ:
        return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    made_anew = Response(answer.body, headers=headers, mimetype=_JSON)
    if "HTTP_IF_NONE_MATCH" in request.environ or "HTTP_IF_MATCH" in request.environ:
        made_anew.make_conditional(request)
        if made_anew.status_code == PreconditionFailed.code:
            raise PreconditionFailed
    return made_anew
