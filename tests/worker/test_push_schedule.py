"""When a message is tried again, by a real worker and the real firebase-admin: R9's waits, sixty times as short."""

from __future__ import annotations

import itertools
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from backend.infrastructure.breaker import OPEN_FOR, Breaker
from backend.infrastructure.fakes import fcm
from backend.infrastructure.fakes.fcm import Answer, LoopbackFcm
from backend.infrastructure.fcm import FcmProvider
from backend.infrastructure.push import PUSH_TIMEOUT_S, PushMessage, PushResult
from mobile_api.services import Services
from tests.street import Street
from tests.worker.background import at_work, until

TIME_SCALE = 60
# A door that waits for its ten seconds at each of six hangs would make the test a minute longer.
HANG_S = 3.0
# Typed from R9: the waits between six tries, in seconds, each a quarter shorter or longer.
WAITS_S = [15, 60, 180, 600, 1800]
R9 = [(0.75 * wait, 1.25 * wait) for wait in WAITS_S]
# What asks for a minute is left alone for a minute; no more than a quarter is added, so that not all come at once.
AFTER_A_MINUTE = [(60, 75), (60, 75), *R9[2:]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Illness:
    """A way in which the provider is unwell at every try, and the waits between the tries."""

    answer: Answer | None = None
    token_answer: Answer | None = None
    waits_s: Sequence[tuple[float, float]] = tuple(R9)
    code: str


ILLNESSES = {
    "503": Illness(answer=fcm.UNAVAILABLE, code="unavailable"),
    "503, a minute": Illness(
        answer=replace(fcm.UNAVAILABLE, retry_after="60"), waits_s=AFTER_A_MINUTE, code="unavailable"
    ),
    "429": Illness(answer=fcm.QUOTA_EXCEEDED, code="quota-exceeded"),
    "429, a minute": Illness(
        answer=replace(fcm.QUOTA_EXCEEDED, retry_after="60"), waits_s=AFTER_A_MINUTE, code="quota-exceeded"
    ),
    "hang": Illness(answer=Answer(hang_s=60), code="timeout"),
    "no token": Illness(token_answer=Answer(status=503), code="token-endpoint-unavailable"),
}


class EachItsOwn:
    """A provider that is one FCM for each address, so that six illnesses run their course at once."""

    def __init__(self, services: Services, stack: ExitStack, folder: Path) -> None:
        self.servers: dict[str, LoopbackFcm] = {}
        self.sent_at_s: defaultdict[str, list[float]] = defaultdict(list)
        self._doors: dict[str, FcmProvider] = {}
        for number, name in enumerate(ILLNESSES):
            credentials = folder / f"{number}.json"
            self.servers[name] = stack.enter_context(LoopbackFcm(credentials_file=credentials))
            self._doors[name] = FcmProvider(
                credentials_file=credentials,
                base_url=self.servers[name].base_url,
                clock=services.clock,
                breaker=Breaker(services.clock, open_for=OPEN_FOR / TIME_SCALE),
                timeout_s=HANG_S if name == "hang" else PUSH_TIMEOUT_S,
            )
            stack.callback(self._doors[name].close)

    def send(self, message: PushMessage) -> PushResult:
        self.sent_at_s[message.address.value].append(time.monotonic())
        return self._doors[message.address.value].send(message)


@pytest.fixture
def clinic(services: Services, tmp_path: Path) -> Iterator[EachItsOwn]:
    with ExitStack() as stack:
        yield EachItsOwn(services, stack, tmp_path)


def decided_waits_s(street: Street, delivery_id: str) -> list[float]:
    """Return the waits as the queue was told them: from the end of a try to the instant of the next."""
    rows = street.rows(
        "SELECT event.type::text, event.at FROM procrastinate_events event"
        " JOIN procrastinate_jobs job ON job.id = event.job_id"
        f" WHERE job.args->>'delivery_id' = '{delivery_id}'"
        " AND event.type IN ('deferred_for_retry', 'scheduled') ORDER BY event.id"
    )
    ends = [row.at for row in rows if row.type == "deferred_for_retry"]
    nexts = [row.at for row in rows if row.type == "scheduled"]
    return [(after - end) / timedelta(seconds=1) * TIME_SCALE for end, after in zip(ends, nexts, strict=True)]


@pytest.mark.slow
def test_each_illness_of_the_provider_is_tried_six_times_at_the_waits_of_the_table(street: Street, clinic: EachItsOwn):
    reporter = street.person()
    for number, (name, illness) in enumerate(ILLNESSES.items()):
        street.phone(reporter, device_id=f"phone-{number:04d}", address=name)
        clinic.servers[name].script(name, *[illness.answer or fcm.OK] * 10)
        if illness.token_answer is not None:
            clinic.servers[name].script_token_endpoint(*[illness.token_answer] * 10)
    street.file(reporter)

    with at_work(replace(replace(street, provider=clinic).parts, time_scale=TIME_SCALE)):
        until(lambda: {delivery.status for delivery in street.deliveries()} == {"failed"})

    for delivery, (name, illness) in zip(
        sorted(street.deliveries(), key=lambda delivery: delivery.device_id), ILLNESSES.items(), strict=True
    ):
        server = clinic.servers[name]
        arrived = len(server.tried_at_s(name) if illness.answer else server.token_tried_at_s)
        gaps_s = [(after - before) * TIME_SCALE for before, after in itertools.pairwise(clinic.sent_at_s[name])]
        decided_s = decided_waits_s(street, str(delivery.id))
        print(name, [round(gap) for gap in gaps_s], [round(wait) for wait in decided_s])
        assert (delivery.result_code, delivery.tries, len(gaps_s)) == (illness.code, 6, 5), name
        # A busy machine may give a try up before it is out; no try makes two requests.
        assert 3 <= arrived <= 6, name
        # What happened is never sooner than the table, and what was decided never later: a busy machine delays
        # the one and shortens the other.
        assert all(gap >= least for gap, (least, _) in zip(gaps_s, illness.waits_s, strict=True)), name
        assert all(wait <= most for wait, (_, most) in zip(decided_s, illness.waits_s, strict=True)), name
    assert {row.attempts for row in street.rows("SELECT attempts FROM procrastinate_jobs WHERE status = 'failed'")} == {
        6
    }
