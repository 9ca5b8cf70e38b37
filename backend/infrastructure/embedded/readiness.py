"""Ready means: every web worker of this very run has answered."""

from __future__ import annotations

import http.client
import json

from backend.infrastructure.embedded.ports import HOST

HEALTH_PATH = "/livez"
_TIMEOUT_S = 2.0


def answering_worker(port: int) -> tuple[str, int] | None:
    """Ask once, on a new connection. Returns the run's id and the worker's pid; None when nobody answers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", HEALTH_PATH, headers={"Connection": "close"})
        answer = connection.getresponse()
        health = json.loads(answer.read())
        return str(health["run_id"]), int(health["worker_pid"])
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return None
    finally:
        connection.close()


class WebReadiness:
    """Collects the workers that answered, until there are as many as were started."""

    def __init__(self, *, port: int, run_id: str, workers: int) -> None:
        self._port = port
        self._run_id = run_id
        self._workers = workers
        self._seen: set[int] = set()
        self.stranger: str | None = None

    def reached(self) -> bool:
        """Ask once more, and tell whether all workers are known to serve."""
        answer = answering_worker(self._port)
        if answer is not None:
            run_id, pid = answer
            if run_id == self._run_id:
                self._seen.add(pid)
            else:
                self.stranger = run_id
        return len(self._seen) >= self._workers
