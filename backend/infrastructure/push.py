"""The door to push: what a provider is handed and what it answers. The provider itself is ``infrastructure.fcm``.

This module is light on purpose: web workers import it, and must not import firebase-admin (79 MB, 0.6 s).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

# No worker is held longer by one message, whatever the other side does (S20).
PUSH_TIMEOUT_S = 10.0


class AddressKind(StrEnum):
    """What an address is. firebase-admin 7.7 deprecates the token for the Firebase installation id (fid)."""

    FCM_TOKEN = "fcm_token"  # noqa: S105 - the name of a kind, not a secret
    FCM_FID = "fcm_fid"


class PushOutcome(StrEnum):
    """What came of one message, as far as the sender must act on it."""

    DELIVERED = "delivered"
    DEAD_ADDRESS = "dead_address"
    RETRY = "retry"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushAddress:
    """Where a phone is reached. The value is a secret of the phone's owner."""

    kind: AddressKind
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushMessage:
    """One message to one phone. No personal data: it is shown on a locked screen.

    ``message_id`` is the same at every try, so that the phone can tell a second copy from a second message.
    """

    message_id: str
    address: PushAddress
    title: str
    body: str
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PushResult:
    """The provider's answer. ``code`` names the error class; the provider's own text is not kept."""

    outcome: PushOutcome
    code: str
    provider_message_id: str | None = None
    retry_after_s: float | None = None


class PushProvider(Protocol):
    """Sends one message, once: waiting and trying again are the queue's."""

    def send(self, message: PushMessage) -> PushResult:
        """Send the message and return what came of it, within PUSH_TIMEOUT_S. Does not raise for any answer."""
        ...


class PushNotConfigured:
    """In place of a provider while no credentials are set: messages wait, and become dead letters to be redone."""

    def send(self, message: PushMessage) -> PushResult:  # noqa: ARG002 - nobody takes it
        """Send nothing."""
        return PushResult(outcome=PushOutcome.RETRY, code="not-configured")
