"""The product's web application, which tells in a header whether a call reached the body of its view.

Served by the tests of the whole document in place of ``wsgi:edge``. What stands around a view (who asks, the key, the
shape of what was sent) has then let the call through.
"""

from __future__ import annotations

from functools import wraps

from flask import Response, g, has_app_context
from werkzeug.exceptions import UnprocessableEntity

from mobile_api.blueprint import ApiBlueprint
from service_catalog.browsing.answers import AnswerCache
from tests.web_process import REACHED

_response = ApiBlueprint.response


def _telling_response(self, *args, **options):
    """``response`` stands right above every view: what it wraps is the view itself."""
    decorate = _response(self, *args, **options)

    def decorated(view):
        @wraps(view)
        def told(*view_args, **view_options):
            g.reached = True
            return view(*view_args, **view_options)

        return decorate(told)

    return decorated


_documented = ApiBlueprint.documented


def _telling_documented(*contract):
    """The view of a hot route reads by itself what was sent: it is reached once that had its shape."""
    decorate = _documented(*contract)

    def decorated(view):
        @wraps(view)
        def told(*view_args, **view_options):
            try:
                answer = view(*view_args, **view_options)
            except Exception as error:
                g.reached = not isinstance(error, UnprocessableEntity)
                raise
            g.reached = True
            return answer

        return decorate(told)

    return decorated


_get = AnswerCache.get


def _telling_get(self, request):
    """What is answered from memory was let through as well: the view answered the very same call before.

    Outside Flask nothing can be told: what the fast lane would answer goes on to Flask.
    """
    if not has_app_context():
        return None
    answer = _get(self, request)
    if answer is not None:
        g.reached = True
    return answer


# Before the routes are imported: they are decorated then.
ApiBlueprint.response = _telling_response
ApiBlueprint.documented = staticmethod(_telling_documented)
AnswerCache.get = _telling_get

import wsgi  # noqa: E402 - see above


def _tell(answer: Response) -> Response:
    if g.get("reached"):
        answer.headers[REACHED] = "yes"
    return answer


wsgi.app.after_request(_tell)
edge = wsgi.edge
