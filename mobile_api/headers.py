"""The security headers of every answer, and the two by which the supervisor knows its own process."""

from __future__ import annotations

import os

from flask import Flask, Response

# Pages come from this server alone; the documentation page has no inline script or style of its own.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def install(app: Flask, *, run_id: str) -> None:
    """Set the headers on every answer."""

    def secure(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        answer.headers.setdefault("Cache-Control", "no-store")
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["X-Frame-Options"] = "DENY"
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        answer.headers["Permissions-Policy"] = "geolocation=(self), camera=(self), microphone=()"
        answer.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        answer.headers["X-Run-Id"] = run_id
        answer.headers["X-Worker-Pid"] = str(os.getpid())
        return answer

    app.after_request(secure)
