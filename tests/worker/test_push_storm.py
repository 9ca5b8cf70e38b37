"""A provider that fails in every way and is repaired: nothing is lost, and what came twice came under one id (R9)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend.infrastructure.breaker import OPEN_FOR, Breaker
from backend.infrastructure.fakes import fcm
from backend.infrastructure.fakes.fcm import Answer, LoopbackFcm
from backend.infrastructure.fcm import BULKHEAD, FcmProvider
from backend.worker.dead_letters import redo_all
from mobile_api.services import Services
from tests.street import Street
from tests.worker.background import at_work, until

PEOPLE, FILINGS_EACH = 30, 10
MESSAGES = PEOPLE * FILINGS_EACH
TIME_SCALE = 600
# Every way to fail, and every way to fail and yet deliver. A hang lasts longer than the door waits.
WAYS = {
    fcm.OK: 12,
    fcm.UNAVAILABLE: 6,
    replace(fcm.UNAVAILABLE, delivered=True): 6,
    replace(fcm.UNAVAILABLE, retry_after="60"): 4,
    fcm.QUOTA_EXCEEDED: 4,
    replace(fcm.QUOTA_EXCEEDED, retry_after="60"): 4,
    fcm.THIRD_PARTY_AUTH: 4,
    Answer(status=500, status_name="INTERNAL", error_code="INTERNAL"): 4,
    Answer(status=200, error_code="NO_NAME_IN_IT", delivered=True): 2,
    Answer(hang_s=3): 1,
    Answer(hang_s=3, delivered=True): 1,
}


@pytest.fixture
def hasty(fcm: LoopbackFcm, fcm_credentials: Path, services: Services) -> Iterator[FcmProvider]:
    """The door with all waits of the product shortened alike."""
    door = FcmProvider(
        credentials_file=fcm_credentials,
        base_url=fcm.base_url,
        clock=services.clock,
        breaker=Breaker(services.clock, open_for=OPEN_FOR / TIME_SCALE),
        timeout_s=1.5,
    )
    yield door
    door.close()


def count_jobs(street: Street, *statuses: str) -> int:
    wanted = ", ".join(f"'{status}'" for status in statuses)
    [row] = street.rows(
        f"SELECT count(*) AS jobs FROM procrastinate_jobs WHERE status IN ({wanted}) AND queue_name <> 'upkeep'"
    )
    return row.jobs


@pytest.mark.slow
def test_of_three_hundred_messages_through_a_provider_that_fails_in_every_way_none_is_lost(
    street: Street, hasty: FcmProvider
):
    drawn = random.Random(20261125)
    stormy = replace(street, provider=hasty)
    for number in range(PEOPLE):
        reporter = stormy.person()
        stormy.phone(reporter, device_id=f"phone-{number:04d}", address=f"address-{number}")
        stormy.fcm.script(f"address-{number}", *drawn.choices(list(WAYS), weights=list(WAYS.values()), k=1000))
        for _ in range(FILINGS_EACH):
            stormy.file(reporter)
    stormy.fcm.script_token_endpoint(*[Answer(status=503)] * 5)

    with at_work(replace(stormy.parts, time_scale=TIME_SCALE)):
        until(lambda: count_jobs(stormy, "todo", "doing") == 0)
        dead = count_jobs(stormy, "failed")
        stormy.fcm.repair()
        with stormy.services.database.transaction() as session:
            redo_all(session)
        until(lambda: count_jobs(stormy, "todo", "doing") == 0)

    deliveries = {str(delivery.id): delivery for delivery in stormy.deliveries()}
    copies = Counter(push.data["message_id"] for push in stormy.fcm.received)
    assert len(deliveries) == MESSAGES
    assert {delivery.status for delivery in deliveries.values()} == {"sent"}
    assert set(copies) == set(deliveries)
    # A copy is the same message: one id, one notification, one text.
    said = {(push.data["message_id"], push.data["notification_id"], push.body) for push in stormy.fcm.received}
    assert len(said) == MESSAGES
    duplicates = copies.total() - MESSAGES
    print(f"messages {MESSAGES}, lost 0, duplicates {duplicates}, dead letters before the repair {dead}")
    # A storm without either would have proved nothing.
    assert duplicates > 0
    assert dead > 0


@pytest.mark.slow
def test_while_the_provider_hangs_the_inbox_goes_on_and_no_more_than_the_bulkhead_is_held(
    street: Street, fcm: LoopbackFcm
):
    crowd, neighbour = [street.person() for _ in range(3)], street.person()
    for number, person in enumerate(crowd):
        street.phone(person, device_id=f"phone-{number:04d}", address=f"address-{number}")
        fcm.script(f"address-{number}", *[Answer(hang_s=3600)] * 1000)
        for _ in range(10):
            street.file(person)

    with at_work(replace(street.parts, time_scale=1.0)):
        until(lambda: fcm.most_hanging == BULKHEAD)
        for _ in range(20):
            street.file(neighbour)
        until(lambda: len(street.inbox(neighbour)) == 20)
        still_sending = street.rows("SELECT 1 FROM push_delivery WHERE status = 'sending'")

    assert fcm.most_hanging == BULKHEAD
    # All of it happened while the lane to the outside was full.
    assert len(still_sending) == BULKHEAD
