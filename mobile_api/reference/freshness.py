"""Answers that everyone may keep for a while, and ask about again by their ETag (RFC 9110, section 13)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import Response, make_response, request
from werkzeug.exceptions import PreconditionFailed

P = ParamSpec("P")

MAX_AGE_S = 300


# Any: whatever a view may return; Flask makes a response of it.
def cacheable(view: Callable[P, Any]) -> Callable[P, Response]:
    """Let caches keep the answer of a public view, and answer 304 to whoever has it already.

    The ETag is made of the text itself, not of the city's version alone: it also changes with the day, and when a
    release changes the shape.
    """

    @wraps(view)
    def conditional(*args: P.args, **kwargs: P.kwargs) -> Response:
        answer = make_response(view(*args, **kwargs))
        answer.add_etag()
        answer.cache_control.public = True
        answer.cache_control.max_age = MAX_AGE_S
        answer.make_conditional(request)
        if answer.status_code == PreconditionFailed.code:
            raise PreconditionFailed
        return answer

    return conditional
