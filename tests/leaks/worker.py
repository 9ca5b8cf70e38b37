"""A worker whose second subscriber and whose outside jobs fail with the texts of the case they are about.

Run as ``python -m tests.leaks.worker``, with the product's settings in the environment; ends when nothing is due.
"""

from __future__ import annotations

import os
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.cases.models import CaseText
from backend.cases.queries import texts_of
from backend.infrastructure.logs import configure_logs
from backend.infrastructure.settings import load_settings
from backend.kernel.events import Event
from backend.worker.runner import run_until_idle
from backend.worker.table import Subscriber
from mobile_api.composition import open_services
from mobile_api.worker_table import worker_parts

AT_ONCE = 1e9

if __name__ == "__main__":
    configure_logs("DEBUG")
    services = open_services(load_settings(os.environ))

    def fail(session: Session, _event: Event) -> None:
        """Raise an error that tells everything of a case."""
        for case_id in session.scalars(select(CaseText.case_id).distinct()):
            raise RuntimeError(texts_of(session, case_id, services.sealer))

    parts = worker_parts(services)
    failing = Subscriber(name="failing", handler=fail)
    subscriptions = {name: (*listed, failing) for name, listed in parts.subscriptions.items()}
    run_until_idle(replace(parts, subscriptions=subscriptions, time_scale=AT_ONCE))
