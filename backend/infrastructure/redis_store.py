"""The door to Valkey. It holds nothing that cannot be lost, and is never waited for."""

from __future__ import annotations

import redis

_TIMEOUT_S = 0.2


class RedisStore:
    """A connection pool to Valkey or Redis."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S)

    def answers(self) -> bool:
        """Tell whether Valkey answers now; a Valkey that is away is an answer, not an error."""
        try:
            return bool(self._client.ping())
        except redis.RedisError:
            return False

    def close(self) -> None:
        """Close all connections."""
        self._client.close()
