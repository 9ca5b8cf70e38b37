"""A worker that tells each event and then falls silent in the middle of its job: it is killed, or stopped, by a test.

It goes on when the file ``MARKER.go`` appears. Run as ``python -m tests.worker.first_worker MARKER``, with the
product's settings in the environment.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from backend.infrastructure.settings import load_settings
from backend.kernel.events import Event
from backend.worker.runner import run_worker
from backend.worker.table import Subscriber, Subscriptions
from mobile_api.composition import open_services
from mobile_api.worker_table import worker_parts


def falling_silent(marker: Path, subscriptions: Subscriptions) -> Subscriptions:
    """Return the table in which each subscriber does its work, says so, and waits."""

    def silent(subscriber: Subscriber) -> Subscriber:
        def handler(session: Session, event: Event) -> None:
            subscriber.handler(session, event)
            session.flush()
            marker.touch()
            while not marker.with_suffix(".go").exists():
                time.sleep(0.1)

        return Subscriber(name=subscriber.name, handler=handler)

    return {name: tuple(map(silent, listed)) for name, listed in subscriptions.items()}


if __name__ == "__main__":
    parts = worker_parts(open_services(load_settings(os.environ)))
    run_worker(replace(parts, subscriptions=falling_silent(Path(sys.argv[1]), parts.subscriptions)))
