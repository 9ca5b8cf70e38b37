"""The request of this thread and what is kept for it, as themselves.

Flask's ``request`` and ``g`` look up again at each name asked of them, by three calls; a hot path asks twenty times.
What both of them look into is asked here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# These three are Flask's own affair. Its version is pinned: a newer one is taken in when the tests pass with it.
from flask.ctx import _AppCtxGlobals
from flask.globals import _cv_app, _cv_request

if TYPE_CHECKING:
    from flask import Request


class Keep(_AppCtxGlobals):
    """Flask's ``g``, whose values are set as those of any other object."""

    __setattr__ = object.__setattr__  # type: ignore[assignment]  # the same, without a call of Python


def current_request() -> Request:
    """Return the request that is answered. Raises LookupError outside any."""
    return _cv_request.get().request


def current_keep() -> Any:
    """Return the object on which a request keeps what its parts tell each other: Flask's ``g``."""
    return _cv_app.get().g
