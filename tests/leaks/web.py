"""The web as it is served, and beside its own routes one that fails in every way a route can, with what was sent.

Served by granian as ``tests.leaks.web:edge``, with the product's settings in the environment.
"""

from __future__ import annotations

from flask import request

from mobile_api.access import public
from tests.leaks.failures import WAYS
from wsgi import app, edge

__all__ = ["edge"]


@app.post("/fails/<way>")
@public
def fails(way: str) -> str:
    """Fail with the body that was sent."""
    WAYS[way](request.get_data().decode())
    return ""
