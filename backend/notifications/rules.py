"""The rules of the register of phones, of sending to them, and of how many are asked at once. Pure."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# A person's messages go to this many phones at most; the one not heard of longest makes room.
MAX_DEVICES_PER_PERSON = 10
# One look is one person's work: beyond three dozen, a phone that rings for everybody is obeyed by nobody.
MAX_VERIFIERS_ASKED = 36
# FCM addresses have no promised length; the longest seen are far shorter.
MAX_ADDRESS_LENGTH = 1024
MAX_APP_VERSION_LENGTH = 32
# A claimed message is handed to the provider within this time, or not at all by that try.
HAND_OVER_WITHIN = timedelta(seconds=5)
# Then the provider has 10 s; after that nobody is sending any more.
LEASE = timedelta(seconds=16)

# The same form as at sign-in.
_DEVICE_ID = re.compile("[A-Za-z0-9._-]{8,64}")


class Platform(StrEnum):
    """What a phone runs."""

    ANDROID = "android"
    IOS = "ios"
    HARMONY = "harmony"


def device_id_is_sound(device_id: str) -> bool:
    """Tell whether it has the form of a device id."""
    return _DEVICE_ID.fullmatch(device_id) is not None


def may_hand_over(*, claimed_at: datetime, now: datetime) -> bool:
    """Tell whether a try that claimed the message then may still give it to the provider."""
    return now < claimed_at + HAND_OVER_WITHIN


def lease_left_s(*, claimed_at: datetime, now: datetime) -> float:
    """Return for how many seconds the try that claimed the message then may still be sending; 0 when it is over."""
    return max(0.0, (claimed_at + LEASE - now).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Who may be asked to verify. ``is_near``: at the centre that asks, and not only in the town of the case."""

    person_id: uuid.UUID
    is_near: bool


def nearest(candidates: Sequence[Candidate]) -> set[uuid.UUID]:
    """Return whom to ask: all, or only those at the centre that asks where all would be too many (ADR 0033).

    Where nobody is there, all after all: a look that nobody hears of is worse than one that many hear of.
    """
    everybody = {one.person_id for one in candidates}
    near = {one.person_id for one in candidates if one.is_near}
    return near if len(everybody) > MAX_VERIFIERS_ASKED and near else everybody
