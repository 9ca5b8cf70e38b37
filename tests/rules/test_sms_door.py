"""Tests of the door to text messages: it answers within its limit, and says nothing of whom it wrote to."""

from __future__ import annotations

import logging
import threading

import pytest

from backend.infrastructure.fakes.sms_mailbox import SmsMailbox
from backend.infrastructure.sms import SEND_LIMIT_S, NoSmsSender, SmsNotSent, TimelySmsSender

PHONE, TEXT = "+8613812345678", "您的登录验证码是 135790"


class HangingSms:
    """Takes a message and does not come back until it is let go."""

    def __init__(self) -> None:
        self.taken = 0
        self.let_go = threading.Event()

    def send(self, phone: str, text: str) -> None:  # noqa: ARG002 - the promise of SmsSender
        self.taken += 1
        self.let_go.wait(60)


class FailingSms:
    """Fails with an error that says too much."""

    def send(self, phone: str, text: str) -> None:
        raise RuntimeError(f"{phone}: {text}")


@pytest.fixture
def hanging():
    sms = HangingSms()
    yield sms
    sms.let_go.set()


def test_three_seconds_are_the_limit():
    assert SEND_LIMIT_S == 3.0


def test_a_message_is_handed_on_as_it_is(tmp_path):
    mailbox = SmsMailbox(tmp_path / "mailbox")

    TimelySmsSender(mailbox).send(PHONE, TEXT)

    assert mailbox.last(PHONE) == TEXT


def test_a_provider_that_hangs_is_left_when_the_limit_is_over(hanging):
    door = TimelySmsSender(hanging, limit_s=0.01)

    with pytest.raises(SmsNotSent) as refused:
        door.send(PHONE, TEXT)

    assert refused.value.retry_after_s


def test_no_more_messages_than_said_are_on_their_way_to_a_provider_that_hangs(hanging):
    door = TimelySmsSender(hanging, limit_s=0.01, at_once=2)

    for _ in range(5):
        with pytest.raises(SmsNotSent):
            door.send(PHONE, TEXT)

    assert hanging.taken == 2


def test_a_provider_that_comes_back_is_used_again(hanging):
    door = TimelySmsSender(hanging, limit_s=0.01, at_once=1)
    with pytest.raises(SmsNotSent):
        door.send(PHONE, TEXT)

    hanging.let_go.set()

    patient = threading.Event()
    while hanging.taken < 2 and not patient.wait(0.001):
        try:
            door.send(PHONE, TEXT)
        except SmsNotSent:
            continue
    assert hanging.taken == 2


def test_the_error_of_a_provider_reaches_neither_the_caller_nor_the_log(caplog):
    caplog.set_level(logging.DEBUG)

    with pytest.raises(SmsNotSent) as refused:
        TimelySmsSender(FailingSms()).send(PHONE, TEXT)

    told = str(refused.value) + str(refused.value.__cause__) + " ".join(str(r.__dict__) for r in caplog.records)
    assert "RuntimeError" in told
    assert PHONE not in told
    assert "135790" not in told


def test_without_a_provider_everyone_is_told_that_nothing_was_sent():
    with pytest.raises(SmsNotSent):
        NoSmsSender().send(PHONE, TEXT)


def test_the_mailbox_keeps_the_last_message_of_each_number_for_its_owner_alone(tmp_path):
    path = tmp_path / "folder" / "mailbox"
    mailbox = SmsMailbox(path)

    mailbox.send(PHONE, "first")
    mailbox.send("+8613900000000", "for another")
    mailbox.send(PHONE, "second\nline")

    assert mailbox.last(PHONE) == "second\nline"
    assert mailbox.last("+8613911111111") is None
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_mailbox_that_nobody_wrote_to_is_empty(tmp_path):
    assert SmsMailbox(tmp_path / "mailbox").last(PHONE) is None
