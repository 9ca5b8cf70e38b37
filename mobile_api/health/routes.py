"""/livez: this process answers. /readyz: what it needs answers too. /metrics: figures for Prometheus."""

from __future__ import annotations

import hmac
import os

from flask import Blueprint, Response, jsonify, request

from backend.kernel.errors import DomainError
from mobile_api import metrics as figures
from mobile_api.access import SignInRequired, public
from mobile_api.services import services

blp = Blueprint("health", __name__)


@blp.get("/livez")
@public
def livez() -> Response:
    """Answer from this process alone: a supervisor restarts it only when this stays silent."""
    return jsonify({"status": "ok", "run_id": services().settings.run_id, "worker_pid": os.getpid()})


@blp.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Answer 503 while the database is away. Valkey is reported, and never a reason: nothing is lost without it."""
    parts = {"database": _database_state(), "valkey": "ok" if services().redis.answers() else "down"}
    ready = parts["database"] == "ok"
    return jsonify({"status": "ok" if ready else "unavailable", "parts": parts}), 200 if ready else 503


@blp.get("/metrics")
@public
def metrics() -> Response:
    """Show the figures to whoever brings the token of BAITONG_METRICS_TOKEN; without that setting, to everyone."""
    token = services().settings.metrics_token
    offered = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token is not None and not hmac.compare_digest(offered.encode(), token.encode()):
        raise SignInRequired
    return figures.exposition(services().settings.metrics_dir, services().database)


def _database_state() -> str:
    try:
        return "ok" if services().database.answers() else "down"
    except DomainError:
        return "down"
