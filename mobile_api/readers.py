"""What use cases and queries of the workflow are handed by every route: who asks, the city, the cipher, the time."""

from __future__ import annotations

from backend.cases.queue_view import Asker
from backend.cases.use_cases import Desk
from backend.cases.views import Reader
from backend.organization.queries.city import city_in_memory, city_of_version, city_snapshot
from mobile_api.access import current_actor, presumed_asker
from mobile_api.services import services
from mobile_api.transactions import current_session


def desk() -> Desk:
    """Return what a change of a case needs."""
    return Desk(city=city_snapshot(current_session()), sealer=services().sealer, now=services().clock.now())


def desk_in_memory() -> Desk:
    """Return the same with the city as this process knows it, for a statement that asks whether it still holds."""
    doors = services()
    return Desk(city=city_in_memory(current_session), sealer=doors.sealer, now=doors.clock.now())


def reader() -> Reader:
    """Return what showing a case needs."""
    return Reader(
        actor=current_actor(),
        city=city_snapshot(current_session()),
        sealer=services().sealer,
        now=services().clock.now(),
    )


def asker() -> Asker:
    """Return what showing a queue needs: the city only once a row of it names its version."""
    doors = services()
    return Asker(
        actor=current_actor(),
        presumed=presumed_asker(),
        city_of=lambda version: city_of_version(version, current_session),
        sealer=doors.sealer,
        now=doors.clock.now(),
    )
