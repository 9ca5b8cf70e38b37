"""What the tiny product is made of."""

from __future__ import annotations

import signal
import sys

from backend.infrastructure.embedded.data_dir import DataDir
from backend.infrastructure.embedded.plan import Child, Plan, product_plan
from backend.infrastructure.settings import read_environment


def tiny_plan(data: DataDir, port: int, fcm_port: int) -> Plan:
    """Return the product's own plan for the web, so that its flags are tested, around the tiny application.

    Without the imports of the whole application, which would take longer than all that is tested.
    """
    web = next(child for child in product_plan(data, port, fcm_port).children if child.name == "web")
    target = read_environment().get("TINY_PLAN_APP", "tests.faults.tiny_plan.web:edge")
    tiny_web = Child(
        name="web",
        command=(*("granian" if word == "mobile_api.server" else word for word in web.command[:-1]), target),
        environment=web.environment,
        stop_patience_s=web.stop_patience_s,
        when_orphaned=web.when_orphaned,
    )
    worker = Child(
        name="worker",
        command=(sys.executable, "-m", "tests.faults.tiny_plan.worker"),
        when_orphaned=signal.SIGKILL,
    )
    return Plan(setup=(sys.executable, "-m", "tests.faults.tiny_plan.setup"), children=(tiny_web, worker))
