"""The door to FCM: what it asks, what it makes of each answer, and how long it waits; and the loopback FCM itself."""

from __future__ import annotations

import stat
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from flask import Flask

from backend.infrastructure.breaker import OPEN_FOR, OPENS_AFTER, Breaker
from backend.infrastructure.fakes import fcm as answers
from backend.infrastructure.fakes.fcm import Answer, LoopbackFcm
from backend.infrastructure.fcm import BULKHEAD, FcmProvider
from backend.infrastructure.push import AddressKind, PushAddress, PushMessage, PushOutcome, PushResult
from backend.infrastructure.settings import Environment
from mobile_api.cli.fcm import fcm as fcm_commands
from mobile_api.services import Services, install
from tests.sign_in_desk import NOW, HandClock

ADDRESS = "address-1"


def message(kind: AddressKind = AddressKind.FCM_FID, address: str = ADDRESS) -> PushMessage:
    return PushMessage(
        message_id=str(uuid.uuid4()),
        address=PushAddress(kind=kind, value=address),
        title="南通百通",
        body="您的诉求有新进展（NT2611240000017）",
        data={"number": "NT2611240000017"},
    )


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def door(fcm: LoopbackFcm, fcm_credentials: Path, clock: HandClock) -> Iterator[FcmProvider]:
    """The door as it is in the product, with a clock set by hand."""
    door = FcmProvider(credentials_file=fcm_credentials, base_url=fcm.base_url, clock=clock)
    yield door
    door.close()


@pytest.mark.parametrize("kind", AddressKind)
def test_a_message_reaches_a_phone_by_either_kind_of_address(door: FcmProvider, fcm: LoopbackFcm, kind: AddressKind):
    sent = message(kind)

    result = door.send(sent)

    [received] = fcm.received
    assert result == PushResult(
        outcome=PushOutcome.DELIVERED, code="delivered", provider_message_id=received.provider_message_id
    )
    assert received.data == {"number": "NT2611240000017", "message_id": sent.message_id}


@pytest.mark.parametrize("answer", answers.SIX_ERRORS, ids=lambda answer: answer.error_code)
def test_each_message_is_tried_once_whatever_is_answered(door: FcmProvider, fcm: LoopbackFcm, answer: Answer):
    fcm.script(ADDRESS, replace(answer, retry_after="1"), answer)

    door.send(message())

    assert fcm.tries_of(ADDRESS) == 1


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [
        ("120", 120.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("soon", None),
        (None, None),
    ],
)
def test_the_wait_that_the_provider_asks_for_is_passed_on(
    door: FcmProvider, fcm: LoopbackFcm, header: str | None, wait_s: float | None
):
    fcm.script(ADDRESS, replace(answers.QUOTA_EXCEEDED, retry_after=header))

    result = door.send(message())

    assert (result.outcome, result.retry_after_s) == (PushOutcome.RETRY, wait_s)


@pytest.mark.parametrize(
    ("answer", "outcome", "code"),
    [
        (Answer(status=404, status_name="NOT_FOUND"), PushOutcome.REFUSED, "refused"),
        (Answer(status=500, status_name="INTERNAL", error_code="INTERNAL"), PushOutcome.RETRY, "internal"),
        (Answer(status=302, error_code="MOVED"), PushOutcome.RETRY, "answer-malformed"),
        (Answer(status=200, error_code="NO_NAME_IN_IT"), PushOutcome.RETRY, "answer-malformed"),
    ],
)
def test_an_answer_out_of_the_ordinary_is_a_result_too(
    door: FcmProvider, fcm: LoopbackFcm, answer: Answer, outcome: PushOutcome, code: str
):
    fcm.script(ADDRESS, answer)

    result = door.send(message())

    assert (result.outcome, result.code) == (outcome, code)


@pytest.mark.parametrize(("status", "code"), [(503, "token-endpoint-unavailable"), (400, "token-refused")])
def test_a_token_endpoint_that_gives_no_token_is_asked_once_a_message(
    door: FcmProvider, fcm: LoopbackFcm, status: int, code: str
):
    fcm.script_token_endpoint(Answer(status=status))

    result = door.send(message())

    assert (result.outcome, result.code) == (PushOutcome.RETRY, code)
    assert fcm.token_tries == 1


def test_a_provider_that_hangs_holds_the_message_no_longer_than_its_time(door: FcmProvider, fcm: LoopbackFcm):
    # The access token is fetched before, so that it is the provider itself that hangs.
    door.send(message())
    fcm.script(ADDRESS, *[Answer(hang_s=60)] * BULKHEAD)

    with ThreadPoolExecutor(BULKHEAD) as senders:
        results = list(senders.map(door.send, [message()] * BULKHEAD))

    assert {(result.outcome, result.code) for result in results} == {(PushOutcome.RETRY, "timeout")}


def test_without_a_credentials_file_the_message_waits(clock: HandClock, tmp_path: Path):
    door = FcmProvider(credentials_file=tmp_path / "absent.json", base_url=None, clock=clock)

    result = door.send(message())
    door.close()

    assert (result.outcome, result.code) == (PushOutcome.RETRY, "credentials-unreadable")


def test_a_provider_that_fails_again_and_again_is_left_alone_for_a_while(
    door: FcmProvider, fcm: LoopbackFcm, clock: HandClock
):
    fcm.script(ADDRESS, *[answers.UNAVAILABLE] * OPENS_AFTER)
    for _ in range(OPENS_AFTER):
        door.send(message())

    refused = door.send(message())
    clock.advance(seconds=OPEN_FOR / timedelta(seconds=1))
    probe = door.send(message())
    after = door.send(message())

    assert (refused.outcome, refused.code, refused.retry_after_s) == (PushOutcome.RETRY, "breaker-open", 30.0)
    assert probe.outcome is after.outcome is PushOutcome.DELIVERED
    assert fcm.tries_of(ADDRESS) == OPENS_AFTER + 2


def test_while_a_probe_is_out_nobody_else_asks(clock: HandClock):
    breaker = Breaker(clock)
    for _ in range(OPENS_AFTER):
        breaker.failed()
    clock.advance(seconds=OPEN_FOR / timedelta(seconds=1))

    probe, other = breaker.refuses_for_s(), breaker.refuses_for_s()

    assert (probe, other) == (0.0, 30.0)


def test_failures_with_successes_between_do_not_open_the_breaker(clock: HandClock):
    breaker = Breaker(clock)

    for _ in range(OPENS_AFTER * 2):
        breaker.failed()
        breaker.succeeded()

    assert breaker.refuses_for_s() == 0.0


def commands(services: Services) -> Flask:
    app = Flask("commands")
    install(app.extensions, services)
    app.cli.add_command(fcm_commands)
    return app


def test_what_phones_received_is_shown_the_newest_last(services: Services, clock: HandClock, tmp_path: Path):
    credentials = tmp_path / "credentials.json"
    settings = replace(services.settings, fcm_credentials_file=credentials)
    with LoopbackFcm(credentials_file=credentials, received_file=tmp_path / "fcm-received.jsonl") as server:
        door = FcmProvider(credentials_file=credentials, base_url=server.base_url, clock=clock)
        door.send(message(address="first"))
        door.send(message(address="second"))
        door.close()

    shown = commands(replace(services, settings=settings)).test_cli_runner().invoke(args=["fcm", "received"]).stdout

    assert [line.split("\t")[1:] for line in shown.splitlines()] == [
        ["南通百通", "您的诉求有新进展（NT2611240000017）", "first"],
        ["南通百通", "您的诉求有新进展（NT2611240000017）", "second"],
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize("arguments", [("serve", "--port", "1"), ("received",)])
def test_production_refuses_the_loopback_fcm(services: Services, arguments: tuple[str, ...]):
    settings = replace(services.settings, environment=Environment.PRODUCTION)

    result = commands(replace(services, settings=settings)).test_cli_runner().invoke(args=["fcm", *arguments])

    assert result.exit_code == 1
    assert "生产环境" in result.stderr
