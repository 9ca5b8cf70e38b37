"""The rules of the register of phones and of sending to them. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum

# A person's messages go to this many phones at most; the one not heard of longest makes room.
MAX_DEVICES_PER_PERSON = 10
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
