"""Who may do what: permissions by role, and what every route asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import Flask

from backend.identity.permissions import Permission
from backend.organization.roles import GRANTS, ROLE_NAMES, Role
from mobile_api.access import Access, access_of
from mobile_api.reference_pages.markdown import GENERATED, page, table

_PREFIX = "/api/v1"
_ARGUMENT = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")


def permissions_page(app: Flask) -> str:
    """Return the page."""
    held = [role for role in Role if GRANTS[role]]
    idle = [role for role in Role if not GRANTS[role]]
    matrix = (
        (f"`{permission}`", *("✔" if permission in GRANTS[role] else "" for role in held))
        for permission in sorted(Permission)
    )
    routes = (
        (f"`{method} {path}`", _asked(access), _who(access), summary) for method, path, access, summary in _routes(app)
    )
    return page(
        "# Permissions 权限",
        GENERATED,
        "A permission says **what**; over which centres, units and complaints it reaches is decided by the query of "
        "each route, by the person's role bindings. What lies outside answers 404, as if it were not there. A person "
        "may hold several roles; each permission counts where its role is bound.",
        "## Roles 角色",
        table(("permission", *(ROLE_NAMES[role] for role in held)), matrix),
        f"Roles without a permission yet 尚无权限的角色: {'、'.join(ROLE_NAMES[role] for role in idle)}.",
        "## Routes 接口",
        f"Every route below `{_PREFIX}`. Where several permissions stand, one of them is enough; for a move of a case "
        "the [workflow table](workflow-table.md) says which.",
        table(("route", "permission", "who", "用途"), routes),
    )


def _routes(app: Flask) -> Iterator[tuple[str, str, Access, str]]:
    """Yield method, path, access rule and purpose of every route of the API, by path."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if not rule.rule.startswith(f"{_PREFIX}/"):
            continue
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            handler: Callable[..., Any] = getattr(getattr(view, "view_class", None), method.lower(), view)
            access = access_of(handler)
            assert access is not None, rule.rule  # noqa: S101 - a test names the route that nobody guarded
            summary = (handler.__doc__ or "").strip().partition("\n")[0]
            yield method, _ARGUMENT.sub(r"{\1}", rule.rule.removeprefix(_PREFIX)), access, summary


def _asked(access: Access) -> str:
    if access.public:
        return "—"
    return "<br>".join(f"`{permission}`" for permission in access.permissions) or "signed in 已登录"


def _who(access: Access) -> str:
    if access.public:
        return "anyone 所有人"
    if not access.permissions:
        return "everyone signed in"
    return "、".join(ROLE_NAMES[role] for role in _holders(access.permissions))


def _holders(permissions: Sequence[Permission]) -> list[Role]:
    return [role for role in Role if GRANTS[role] & set(permissions)]
