"""The request of this thread and what is kept for it, as themselves.

Flask's ``request`` and ``g`` look up again at each name asked of them, by three calls; a hot path asks twenty times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g, request

if TYPE_CHECKING:
    from flask import Request

# Typed as what they stand for; that they are proxies is what matters here.
_request: Any = request
_g: Any = g


def current_request() -> Request:
    """Return the request that is answered."""
    asked: Request = _request._get_current_object()
    return asked


def current_keep() -> Any:
    """Return the object on which a request keeps what its parts tell each other: Flask's ``g``."""
    return _g._get_current_object()
