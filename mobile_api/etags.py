"""Versions of a resource over HTTP: what the caller saw, and what it must say before it changes anything (RFC 9110)."""

from __future__ import annotations

import re

from flask import request

from backend.kernel.errors import Malformed, PreconditionRequired

_VERSION_TAG = re.compile(r'^"v([1-9][0-9]{0,8})"$')


class IfMatchRequired(PreconditionRequired):
    """The request changes a thing without saying which version of it the caller saw."""

    code = "if-match-required"
    default_detail = "请先读取最新内容，并在 If-Match 中带上其版本。"


class IfMatchMalformed(Malformed):
    """If-Match holds something that no answer of ours ever gave out."""

    code = "if-match-malformed"
    default_detail = 'If-Match 应为读取时返回的 ETag，例如 "v3"。'


IF_MATCH_PARAMETER = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "读取工单时得到的 ETag；他人先行更新时返回 412。",
    "schema": {"type": "string", "example": '"v3"'},
}


def version_tag(version: int) -> str:
    """Return the ETag of a version."""
    return f'"v{version}"'


def required_version() -> int:
    """Return the version named by If-Match. Raises IfMatchRequired or IfMatchMalformed."""
    header = request.headers.get("If-Match")
    if header is None:
        raise IfMatchRequired
    match = _VERSION_TAG.match(header.strip())
    if match is None:
        raise IfMatchMalformed
    return int(match[1])
