"""What the worker is handed: which room listens to which event, and which jobs reach outside.

Only the worker's process imports this module: it costs firebase-admin, 79 MB.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from backend.cases.use_cases import Desk, sweep_stages
from backend.data_protection import handlers as data_protection
from backend.data_protection.handlers import RequestWorker
from backend.data_protection.use_cases import tidy
from backend.evidence.use_cases.sweeping import EvidenceSweeper
from backend.identity.use_cases.upkeep import prune_sign_in
from backend.infrastructure.database import Session
from backend.infrastructure.fcm import FcmProvider
from backend.infrastructure.push import PushNotConfigured, PushProvider
from backend.infrastructure.settings import Settings
from backend.kernel.clock import Clock
from backend.kernel.events import DataRequested
from backend.notifications.handlers import SUBSCRIBER, InboxWriter, PushRun
from backend.notifications.subscriptions import EVENTS_TOLD
from backend.notifications.use_cases.telling import PUSH_QUEUE, PUSH_TASK
from backend.organization.queries.city import city_snapshot
from backend.worker.app import WorkerParts
from backend.worker.table import OutsideJob, OutsideJobs, Subscriber, Subscriptions
from backend.worker.upkeep import Sweeps, prune_idempotency
from mobile_api.services import Services


def worker_parts(services: Services) -> WorkerParts:
    """Return everything that the worker runs with."""
    settings = services.settings
    return WorkerParts(
        database=services.database,
        database_url=settings.database_url,
        schema=settings.database_schema,
        clock=services.clock,
        subscriptions=subscriptions(services),
        outside_jobs=outside_jobs(services, push_provider(settings, services.clock)),
        prunings=MappingProxyType(
            {
                "idempotency": prune_idempotency,
                "sign_in": prune_sign_in,
                "data_protection": tidy,
                "evidence": EvidenceSweeper(store=services.objects).prune,
            }
        ),
        sweeps=sweeps(services),
    )


def sweeps(services: Services) -> Sweeps:
    """Return what clocks ask for."""

    def stages() -> int:
        now = services.clock.now()

        def desk(session: Session) -> Desk:
            return Desk(city=city_snapshot(session), sealer=services.sealer, now=now)

        return sweep_stages(services.database, desk_of=desk, now=now)

    return MappingProxyType({"stages": stages})


def subscriptions(services: Services) -> Subscriptions:
    """Return who listens to which event, by the event's name."""
    inbox = Subscriber(name=SUBSCRIBER, handler=InboxWriter(services.clock).take_in)
    requests = RequestWorker(sealer=services.sealer, clock=services.clock)
    data = Subscriber(name=data_protection.SUBSCRIBER, handler=requests.take_in)
    return MappingProxyType({event.name: (inbox,) for event in EVENTS_TOLD} | {DataRequested.name: (data,)})


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
