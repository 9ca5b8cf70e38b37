"""How many requests an address makes a minute: counted in Valkey over all processes, by each for itself without it.

Each process borrows: one at a time at first, then twice as many each time while an address goes on. So a busy one costs
a round trip for many requests, and a quiet one is charged for no more than it asks.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

# A web request waits so long for Valkey, twice at most: one slow answer is no absence. Then each process counts for
# itself for a while.
_TIMEOUT_S = 0.08
_AWAY_FOR_S = 2.0
_WINDOW_MS = 60_000
_KEPT_FOR_S = 5.0
# The first requests of an address are asked for singly.
_ONE_BY_ONE = 8
# No process holds more of an address's minute than this part.
_LARGEST_SHARE = 20
_MOST_SOURCES = 10_000

# A window that slides by the clock of Valkey: of the minute before, what is left of it counts. One key for an address,
# which a cluster keeps in one place.
_BORROW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window, limit, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local minute = math.floor(now / window)
local kept = redis.call('HMGET', KEYS[1], 'minute', 'this', 'last')
local age, this, last = minute - (tonumber(kept[1]) or 0), tonumber(kept[2]) or 0, tonumber(kept[3]) or 0
if age == 1 then this, last = 0, this elseif age ~= 0 then this, last = 0, 0 end
local free = math.floor(limit - this - last * (1 - (now % window) / window))
local lent = math.min(wanted, free)
if lent <= 0 then return 0 end
redis.call('HSET', KEYS[1], 'minute', minute, 'this', this + lent, 'last', last)
redis.call('PEXPIRE', KEYS[1], 2 * window)
return lent
"""


T = TypeVar("T")


class _OfSources(OrderedDict[str, T]):
    """Something of each source of late; the one that was put longest ago makes room for another."""

    def put(self, source: str, value: T) -> None:
        self[source] = value
        self.move_to_end(source)
        if len(self) > _MOST_SOURCES:
            self.popitem(last=False)


@dataclass(slots=True)
class _Loan:
    """What a process may still let through from a source without asking, and what it borrowed in a row."""

    left: int
    size: int
    borrowed: int
    until_s: float


@dataclass(slots=True)
class _Minute:
    """What a process has counted by itself, in this minute and in the last."""

    number: int
    this: int = 0
    last: int = 0


class TrafficLimit:
    """At most ``per_minute`` requests from one source in any minute. Safe for threads."""

    def __init__(self, url: str, *, per_minute: int) -> None:
        client = redis.Redis.from_url(
            url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S, retry=Retry(NoBackoff(), 1)
        )
        self._borrow = client.register_script(_BORROW)
        self._per_minute = per_minute
        self._largest = max(1, per_minute // _LARGEST_SHARE)
        self._lock = threading.Lock()
        self._loans: _OfSources[_Loan] = _OfSources()
        self._minutes: _OfSources[_Minute] = _OfSources()
        self._away_until_s = 0.0

    def allows(self, source: str) -> bool:
        """Count a request of a source; False where it is one too many."""
        now_s = time.monotonic()
        size, borrowed = 1, 0
        with self._lock:
            loan = self._loans.get(source)
            if loan is not None and now_s < loan.until_s:
                if loan.left > 0:
                    loan.left -= 1
                    return True
                size = min(loan.size * 2, self._largest) if loan.borrowed >= _ONE_BY_ONE else 1
                borrowed = loan.borrowed
        lent = self._lent(source, size, now_s)
        if lent == 0:
            return False
        with self._lock:
            self._loans.put(source, _Loan(lent - 1, size, borrowed + lent, now_s + _KEPT_FOR_S))
        return True

    def _lent(self, source: str, size: int, now_s: float) -> int:
        if now_s >= self._away_until_s:
            try:
                return int(self._borrow(keys=[f"traffic:{source}"], args=[_WINDOW_MS, self._per_minute, size]))
            except redis.RedisError:
                self._away_until_s = time.monotonic() + _AWAY_FOR_S
        return self._counted_here(source)

    def _counted_here(self, source: str) -> int:
        minute, passed_ms = divmod(time.time() * 1000, _WINDOW_MS)
        with self._lock:
            kept = self._minutes.get(source) or _Minute(int(minute))
            age = int(minute) - kept.number
            if age:
                kept = _Minute(int(minute), last=kept.this if age == 1 else 0)
            if kept.this + kept.last * (1 - passed_ms / _WINDOW_MS) > self._per_minute - 1:
                return 0
            kept.this += 1
            self._minutes.put(source, kept)
            return 1
