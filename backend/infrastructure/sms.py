"""The door to text messages: what a sender promises, and the time limit that holds for every one."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from backend.infrastructure.fakes.sms_mailbox import SmsMailbox
from backend.infrastructure.settings import Settings
from backend.kernel.errors import Unavailable

log = logging.getLogger(__name__)

SEND_LIMIT_S = 3.0
_AT_ONCE = 8


class SmsNotSent(Unavailable):
    """The message did not reach the provider, or nobody knows whether it did."""

    code = "sms-not-sent"
    default_detail = "短信暂时无法发送，请稍后重试。"


class SmsSender(Protocol):
    """Sends one text message. Whatever it raises means that the message was not sent."""

    def send(self, phone: str, text: str) -> None:
        """Hand the text for an E.164 number to the provider and wait until it is taken."""
        ...


class TimelySmsSender:
    """A sender that answers within the limit, whatever the sender behind it does (S5, S20).

    At most ``at_once`` messages are on their way; a provider that hangs holds no request longer than the limit and
    no more threads than that.
    """

    def __init__(self, behind: SmsSender, *, limit_s: float = SEND_LIMIT_S, at_once: int = _AT_ONCE) -> None:
        self._behind = behind
        self._limit_s = limit_s
        self._slots = threading.BoundedSemaphore(at_once)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="sms")

    def send(self, phone: str, text: str) -> None:
        """Send the text. Raises SmsNotSent when it fails or is not taken in time."""
        if not self._slots.acquire(blocking=False):
            raise SmsNotSent(retry_after_s=int(self._limit_s) or 1)
        sending = self._threads.submit(self._behind.send, phone, text)
        sending.add_done_callback(lambda _done: self._slots.release())
        try:
            sending.result(timeout=self._limit_s)
        except Exception as error:  # a provider may raise anything; its text may hold the number, its class does not
            log.warning("sms not sent", extra={"reason": type(error).__name__})
            raise SmsNotSent(retry_after_s=int(self._limit_s) or 1) from None


class NoSmsSender:
    """Stands where no provider is set up: nobody can sign in by a code, and everyone is told so."""

    def send(self, phone: str, text: str) -> None:  # noqa: ARG002 - the promise of SmsSender
        """Refuse. Raises SmsNotSent."""
        raise SmsNotSent


def make_sms_sender(settings: Settings) -> SmsSender:
    """Return the sender the settings ask for; production refuses the mailbox when it reads its settings."""
    if settings.sms_mailbox is None:
        return NoSmsSender()
    return TimelySmsSender(SmsMailbox(settings.sms_mailbox))
