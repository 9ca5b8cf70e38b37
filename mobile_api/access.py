"""Who may call a route: enforced here, printed in the OpenAPI document, and checked for every route by a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from backend.identity.actor import Actor
from backend.identity.permissions import Permission
from backend.infrastructure.tokens import Claims
from backend.kernel.errors import Forbidden, Unauthenticated
from backend.organization.queries.actors import known_by, presumed_citizen
from backend.organization.statements.asking import Presumed
from mobile_api.at_once import is_at_once
from mobile_api.current import current_keep, current_request
from mobile_api.services import Services, services

P = ParamSpec("P")
R = TypeVar("R")

_SCHEME = "bearer"


class SignInRequired(Unauthenticated):
    """No token came with the request."""

    code = "sign-in-required"
    default_detail = "请先登录。"


class SessionEnded(Unauthenticated):
    """The token was good, and its session or person is no longer."""

    code = "session-ended"
    default_detail = "登录已失效，请重新登录。"


class PermissionMissing(Forbidden):
    """The person holds this permission nowhere."""

    code = "permission-missing"
    default_detail = "您没有执行此操作的权限。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a route asks of its caller: one of ``permissions``; none of them for anyone signed in."""

    public: bool
    permissions: tuple[Permission, ...] = ()


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Open a route to everyone."""
    return _marked(view, Access(public=True))


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Open a route to everyone who is signed in."""
    return _guarded(view, Access(public=False))


def requires(*permissions: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Open a route to those who hold one of the permissions somewhere; over what area is decided by the query."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        return _guarded(view, Access(public=False, permissions=permissions))

    return decorate


def current_actor() -> Actor:
    """Return who asks. Only routes with ``requires`` or ``signed_in`` have one."""
    actor: Actor = current_keep().actor
    return actor


def presumed_asker() -> Presumed | None:
    """Return who the caller is presumed to be, which a statement must ask; None where they were looked up."""
    kept = current_keep()
    presumed: Presumed | None = kept.presumed if is_at_once() else None
    return presumed


def access_of(view: Callable[..., object]) -> Access | None:
    """Return the access rule of a view, or None when nobody gave it one."""
    return getattr(view, "access", None)


def _guarded(view: Callable[P, R], access: Access) -> Callable[P, R]:
    @wraps(view)
    def guard(*args: P.args, **kwargs: P.kwargs) -> R:
        # Known before the permission is asked for: the log of a refusal names who was refused.
        current_keep().actor = actor = _presume() if is_at_once() else _authenticate()
        if access.permissions and not any(actor.holds(permission) for permission in access.permissions):
            raise PermissionMissing
        return view(*args, **kwargs)

    return _marked(guard, access)


def _marked(view: Callable[P, R], access: Access) -> Callable[P, R]:
    view.access = access  # type: ignore[attr-defined]  # functions take attributes; the test reads it
    return view


def _presume() -> Actor:
    """Return who the token's person was the last time, or what any citizen is."""
    doors = services()
    claims = _claims(doors, doors.clock.now())
    known = doors.actors.of(claims.session_id)
    if known is None or known.actor.person_id != claims.person_id:
        known = presumed_citizen(person_id=claims.person_id, session_id=claims.session_id)
    current_keep().presumed = known.presumed
    return known.actor


def _authenticate() -> Actor:
    doors = services()
    now = doors.clock.now()
    claims = _claims(doors, now)
    known = known_by(doors.database.reads, person_id=claims.person_id, session_id=claims.session_id, now=now)
    if known is None:
        raise SessionEnded
    doors.actors.keep(known)
    return known.actor


def _claims(doors: Services, now: datetime) -> Claims:
    # The name of a scheme is written in either case (RFC 9110, 11.1).
    scheme, _, token = current_request().environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != _SCHEME:
        raise SignInRequired
    return doors.tokens.read_access(token.strip(), now=now)
