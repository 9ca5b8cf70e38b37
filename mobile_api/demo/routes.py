"""The panel of demo accounts on /docs. The application has these routes in development and nowhere else.

Even there they answer this machine alone: whoever opens a development server to a network opens no account by it
(ADR 0037).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from flask import Blueprint, Response, request, send_from_directory
from werkzeug.exceptions import NotFound

from backend.identity.use_cases.sessions import Device
from backend.organization.use_cases.demo_sign_in import demo_choices, sign_in_demo
from mobile_api.access import public
from mobile_api.fields import Text
from mobile_api.json_bodies import JsonParser
from mobile_api.schema import RequestSchema
from mobile_api.services import services
from mobile_api.sessions.answers import doors
from mobile_api.sessions.schemas import TokensSchema
from mobile_api.transactions import current_session

P = ParamSpec("P")
R = TypeVar("R")

_PANEL = Path(__file__).parent / "panel"
_DEVICE = Device(id="docs-page", name="接口文档 /docs")
_OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
# What a proxy adds: behind one, every caller would seem to sit at this machine.
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")

blp = Blueprint("demo", __name__, url_prefix="/docs/demo")


class DemoSignInSchema(RequestSchema):
    """Which demo account."""

    login = Text(required=True, max_length=32)


def _for_this_machine(view: Callable[P, R]) -> Callable[P, R]:
    """Hide a route from whoever does not sit at this machine, also where another name leads to it."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        _refuse_strangers()
        return view(*args, **kwargs)

    return guarded


def _refuse_strangers() -> None:
    host = request.host.rpartition(":")[0] or request.host
    is_here = _is_loopback(request.remote_addr or "") and host.strip("[]") in _OWN_NAMES
    if not is_here or any(name in request.headers for name in _FORWARDED):
        raise NotFound


@blp.get("/panel/<string:name>")
@public
@_for_this_machine
def panel(name: str) -> Response:
    """Return the script or the style of the panel."""
    return send_from_directory(_PANEL, name)


@blp.get("/accounts")
@public
@_for_this_machine
def accounts() -> dict[str, object]:
    """List the demo accounts that can be tried."""
    return {"items": [asdict(choice) for choice in demo_choices(current_session())]}


@blp.post("/sessions")
@public
@_for_this_machine
@JsonParser().use_args(DemoSignInSchema(), location="json")
def sign_in(body: dict[str, Any]) -> tuple[dict[str, object], int]:
    """Sign a demo account in. A page of another origin cannot: JSON needs a preflight, and none is answered."""
    begun = sign_in_demo(
        current_session(), doors=doors(), login=body["login"], device=_DEVICE, now=services().clock.now()
    )
    return TokensSchema().dump(begun), 201


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
