"""What the worker is handed: which room listens to which event, and which jobs reach outside.

Only the worker's process imports this module: it costs firebase-admin, 79 MB.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from backend.identity.use_cases.upkeep import prune_sign_in
from backend.infrastructure.fcm import FcmProvider
from backend.infrastructure.push import PushNotConfigured, PushProvider
from backend.infrastructure.settings import Settings
from backend.kernel.clock import Clock
from backend.notifications.handlers import SUBSCRIBER, InboxWriter, PushRun
from backend.notifications.subscriptions import EVENTS_TOLD
from backend.notifications.use_cases.telling import PUSH_QUEUE, PUSH_TASK
from backend.worker.app import WorkerParts
from backend.worker.table import OutsideJob, OutsideJobs, Subscriber, Subscriptions
from backend.worker.upkeep import prune_idempotency
from mobile_api.services import Services


def worker_parts(services: Services) -> WorkerParts:
    """Return everything that the worker runs with."""
    settings = services.settings
    return WorkerParts(
        database=services.database,
        database_url=settings.database_url,
        schema=settings.database_schema,
        clock=services.clock,
        subscriptions=subscriptions(services.clock),
        outside_jobs=outside_jobs(services, push_provider(settings, services.clock)),
        prunings=MappingProxyType({"idempotency": prune_idempotency, "sign_in": prune_sign_in}),
    )


def subscriptions(clock: Clock) -> Subscriptions:
    """Return who listens to which event, by the event's name."""
    inbox = Subscriber(name=SUBSCRIBER, handler=InboxWriter(clock).take_in)
    return MappingProxyType({event.name: (inbox,) for event in EVENTS_TOLD})


def outside_jobs(services: Services, provider: PushProvider) -> OutsideJobs:
    """Return the jobs that reach outside, by their name in the queue."""
    push = PushRun(provider=provider, sealer=services.sealer, clock=services.clock)
    jobs: Mapping[str, OutsideJob] = {
        PUSH_TASK: OutsideJob(queue=PUSH_QUEUE, claim=push.claim, perform=push.perform, settle=push.settle)
    }
    return MappingProxyType(jobs)


def push_provider(settings: Settings, clock: Clock) -> PushProvider:
    """Return FCM, or what stands in its place while no credentials are set."""
    if settings.fcm_credentials_file is None:
        return PushNotConfigured()
    return FcmProvider(credentials_file=settings.fcm_credentials_file, base_url=settings.fcm_base_url, clock=clock)
