"""The security headers of every answer, and the two by which the supervisor knows its own process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

# Pages come from this server alone; the documentation page has no inline script or style of its own.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
)
# A view may say otherwise of its own answer.
_UNLESS_SAID = (
    ("content-security-policy", ("Content-Security-Policy", CONTENT_SECURITY_POLICY)),
    ("cache-control", ("Cache-Control", "no-store")),
)


def secured(app: WSGIApplication, *, run_id: str) -> WSGIApplication:
    """Return the application with these headers on every answer.

    They are put on the list that the server gets: one by one on a response object they cost as much as a small view.
    """
    always = [*_ALWAYS, ("X-Run-Id", run_id)]

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(
            status: str,
            headers: list[tuple[str, str]],
            exc_info: tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None = None,
            /,
        ) -> Callable[[bytes], object]:
            said = {name.lower() for name, _ in headers}
            headers += always
            headers += [header for name, header in _UNLESS_SAID if name not in said]
            headers.append(("X-Worker-Pid", str(os.getpid())))
            return start_response(status, headers, exc_info)

        return app(environ, start)

    return answer
