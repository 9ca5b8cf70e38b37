"""Figures for Prometheus: requests by route and status, and how long they took, over all workers."""

from __future__ import annotations

import time
from pathlib import Path

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess

REQUESTS = Counter("baitong_http_requests_total", "Answered requests", ["method", "route", "status"])
DURATION = Histogram(
    "baitong_http_request_seconds",
    "Time to the answer",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 10),
)


def install(app: Flask) -> None:
    """Count every answer. The route is its rule: a path would make one series for each complaint."""

    def begin() -> None:
        g.metrics_started_at_s = time.perf_counter()

    def count(answer: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        REQUESTS.labels(request.method, route, answer.status_code).inc()
        if "metrics_started_at_s" in g:
            DURATION.labels(request.method, route).observe(time.perf_counter() - g.metrics_started_at_s)
        return answer

    app.before_request(begin)
    app.after_request(count)


def exposition(multiprocess_dir: Path | None) -> Response:
    """Return all figures in the text format; with several workers, the sum of what each wrote to the folder."""
    if multiprocess_dir is None:
        return Response(generate_latest(), mimetype=CONTENT_TYPE_LATEST)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=str(multiprocess_dir))  # type: ignore[no-untyped-call]  # upstream
    return Response(generate_latest(registry), mimetype=CONTENT_TYPE_LATEST)
