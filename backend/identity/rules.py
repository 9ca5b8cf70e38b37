"""The rules of sign-in as data: lives, limits, wording; and how personal data is masked.

Sources: S5 and S11 of the requirements; GB/T 22239-2019 8.1.4.1 (lock after failed tries); GB/T 35273 7.2 (masking).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from types import MappingProxyType

from backend.identity.actor import PersonKind

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=5)
CODE_TRIES = 5
CODE_TEXT = "【南通百通】您的登录验证码是 {code}，5 分钟内有效。请勿告诉他人。"
# After the password: how long its second factor is waited for, how many codes it may be answered with, and how far the
# clock of a phone may be off, in steps of thirty seconds.
SECOND_FACTOR_LIFE = timedelta(minutes=5)
SECOND_FACTOR_TRIES = 5
SECOND_FACTOR_STEPS_OFF = 1
REFRESH_GRACE = timedelta(seconds=30)
LOGIN_NAME = re.compile(r"[a-z][a-z0-9._-]{2,31}")

_IPV6_SITE_BITS = 64
# Western, full-width and Chinese digits: the street stays, the house and the door do not.
_HOUSE_NUMBER = re.compile(r"[0-9０-９]|[一二三四五六七八九十百]+(?=[号幢栋座弄室楼层单组])")
_ADDRESS_SHOWN = 12
_MOBILE_NUMBER = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_IDENTITY_NUMBER = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """At most ``limit`` times within ``window``, counted from the first time.

    Where ``restarts``, each counted time begins the window anew: after the last one it must stay quiet for so long.
    """

    name: str
    limit: int
    window: timedelta
    restarts: bool = False


# Outer guards come first: who is refused by the address or the device uses up nothing of the phone's or the total.
SOURCE_SENDS = (Guard(name="send_source_hour", limit=300, window=timedelta(hours=1)),)
DEVICE_SENDS = (Guard(name="send_device_hour", limit=10, window=timedelta(hours=1)),)
PHONE_SENDS = (
    Guard(name="send_phone_minute", limit=1, window=timedelta(minutes=1)),
    Guard(name="send_phone_hour", limit=5, window=timedelta(hours=1)),
    Guard(name="send_phone_day", limit=10, window=timedelta(days=1)),
)
TOTAL_SENDS = (Guard(name="send_total_hour", limit=20_000, window=timedelta(hours=1)),)

PHONE_TRIES = Guard(name="try_phone", limit=CODE_TRIES, window=timedelta(minutes=15), restarts=True)
# A try of an operator is a password and the first code that follows it; each further code is a try of its own.
LOGIN_TRIES = Guard(name="try_login", limit=5, window=timedelta(minutes=15), restarts=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLife:
    """How long a session lives at most, and how long it may stay unused."""

    absolute: timedelta
    idle: timedelta


SESSION_LIVES: Mapping[PersonKind, SessionLife] = MappingProxyType(
    {
        PersonKind.CITIZEN: SessionLife(absolute=timedelta(days=90), idle=timedelta(days=30)),
        # A shift and its hand-over; a desk left alone is closed sooner.
        PersonKind.OPERATOR: SessionLife(absolute=timedelta(hours=12), idle=timedelta(minutes=30)),
    }
)


@lru_cache(maxsize=4096)
def source_of(address: str | None) -> str:
    """Return what one source of requests is: an IPv4 address, or the /64 that one IPv6 site has."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(parsed), _IPV6_SITE_BITS), strict=False))
    return str(parsed)


def masked_phone(phone: str) -> str:
    """Mask an E.164 mobile number of the mainland: ``138****5678``."""
    national = phone.removeprefix("+86")
    return f"{national[:3]}****{national[-4:]}"


def masked_name(name: str) -> str:
    """Mask a name: the first character, whatever its length (``张*``)."""
    return f"{name[:1]}*"


def masked_identity_number(number: str) -> str:
    """Mask an identity number: the province and city, and the last four (``3206**********1234``)."""
    return f"{number[:4]}{'*' * max(len(number) - 8, 4)}{number[-4:]}"


def masked_text(text: str) -> str:
    """Mask the mobile and identity numbers within a free text; the rest stays, for those who handle it."""
    without_identity = _IDENTITY_NUMBER.sub(lambda found: masked_identity_number(found[0]), text)
    return _MOBILE_NUMBER.sub(lambda found: masked_phone(found[0]), without_identity)


def masked_address(address: str) -> str:
    """Mask an address: what comes before the first number stays, at most twelve characters (``海阳路***``)."""
    number = _HOUSE_NUMBER.search(address)
    kept = address[: number.start()] if number else address[: len(address) // 2]
    return f"{kept.strip()[:_ADDRESS_SHOWN]}***"
