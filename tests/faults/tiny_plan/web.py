"""The web of the tiny product: who answers, and notes that are written and counted."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable

import psycopg

from backend.infrastructure.embedded.die_with_parent import arm
from backend.infrastructure.settings import default_env_files, read_environment
from mobile_api.edge.server import Edge

arm()
values = read_environment(*default_env_files()[:1])
if values.get("TINY_PLAN_WEB") == "broken":
    raise RuntimeError("the reason stands here")


def app(environ: dict, start_response: Callable) -> Iterable[bytes]:
    """Answer /livez, POST /notes/ID, GET /notes, and GET /environment: the names this process was given."""
    try:
        answer = _answer(environ["REQUEST_METHOD"], environ["PATH_INFO"])
    except psycopg.Error as error:
        start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
        return [str(error).encode()]
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


def _answer(method: str, path: str) -> object:
    if path == "/livez":
        return {"run_id": values["BAITONG_RUN_ID"], "worker_pid": os.getpid()}
    if path == "/environment":
        return {"process": sorted(os.environ), "settings": sorted(values)}
    with psycopg.connect(values["DATABASE_URL"], connect_timeout=2) as connection:
        if method == "POST":
            connection.execute("INSERT INTO note VALUES (%s) ON CONFLICT DO NOTHING", (int(path.rpartition("/")[2]),))
            return None
        return [row[0] for row in connection.execute("SELECT id FROM note ORDER BY id")]


edge = Edge(app, body_limit_bytes=65_536)
