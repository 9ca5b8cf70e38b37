"""Traffic limits by address on Valkey. Without Valkey each worker counts for itself: reads go on (R7).

Limits that guard people (codes, tries, quotas) are no traffic limits: they are counters in PostgreSQL.
"""

from __future__ import annotations

from flask import Flask
from werkzeug.exceptions import TooManyRequests

from backend.identity.rules import source_of
from backend.infrastructure.settings import Settings
from backend.infrastructure.traffic import TrafficLimit
from mobile_api.current import current_request

# The window slides: some of it is free long before all of it is.
_RETRY_AFTER_S = 10
_FREE_ENDPOINTS = frozenset({"health.livez", "health.readyz", "health.metrics"})


def install(app: Flask, settings: Settings) -> TrafficLimit:
    """Limit every address to the setting's requests a minute; the health routes are free. Return the limit."""
    limit = TrafficLimit(settings.redis_url, per_minute=settings.traffic_limit_per_minute)

    def refuse_too_many() -> None:
        asked = current_request()
        if asked.endpoint not in _FREE_ENDPOINTS and not limit.allows(source_of(asked.remote_addr)):
            raise TooManyRequests(retry_after=_RETRY_AFTER_S)

    app.before_request(refuse_too_many)
    return limit
