"""Figures for Prometheus: requests by route and status, and how long they took, over all workers."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from backend.infrastructure.database import Database
from backend.infrastructure.figures import forget_gauges_of_the_dead
from mobile_api.asked_figures import AskedFigures

REQUESTS = Counter("baitong_http_requests_total", "Answered requests", ["method", "route", "status"])
DURATION = Histogram(
    "baitong_http_request_seconds",
    "Time to the answer",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 10),
)
SHED = Counter("baitong_http_shed_total", "Requests that were told to come again because too many waited")

# A method is any word that a caller likes: an unknown one would make a series of its own, and show what it says.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def known_method(method: str) -> str:
    """Return a method if it is one of HTTP's, else ``other``."""
    return method if method in _METHODS else "other"


def count(method: str, route: str, status: int, took_s: float) -> None:
    """Count an answer. The route is its rule: a path would make one series for each complaint."""
    requests, duration = _series(method, route, status)
    requests.inc()
    duration.observe(took_s)


# As many as there are routes, methods and statuses: all of them fixed sets.
@cache
def _series(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, status), DURATION.labels(method, route)


def exposition(multiprocess_dir: Path | None, database: Database) -> Response:
    """Return all figures in the text format; with several workers, the sum of what each wrote to the folder."""
    counted = REGISTRY
    if multiprocess_dir is not None:
        forget_gauges_of_the_dead(multiprocess_dir)
        counted = CollectorRegistry()
        MultiProcessCollector(counted, path=str(multiprocess_dir))  # type: ignore[no-untyped-call]  # upstream
    asked = CollectorRegistry()
    asked.register(AskedFigures(database))
    return Response(generate_latest(counted) + generate_latest(asked), mimetype=CONTENT_TYPE_LATEST)
