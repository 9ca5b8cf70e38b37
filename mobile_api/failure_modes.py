"""Every control of sign-in and use: where it counts, and what it does while that store is away (S28, R7).

What guards people is closed: without its counter nothing is sent, accepted or filed. What guards machines is open.
docs/operations.md prints this table, and a test takes the store away from each row.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.complaints.rules import NUMBER_TRIES, SOURCE_TRIES
from backend.identity import rules
from backend.identity.rules import Guard


class Store(StrEnum):
    """Where a control counts."""

    POSTGRESQL = "PostgreSQL"
    VALKEY = "Valkey"


class FailureMode(StrEnum):
    """What a control does while its store is away."""

    CLOSED = "closed"  # 拒绝
    OPEN = "open"  # 放行


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One control. ``guards`` are the counters it keeps; ``without`` says what a caller meets without its store."""

    name: str
    store: Store
    mode: FailureMode
    without: str
    guards: tuple[Guard, ...] = ()


_UNAVAILABLE = "503 `database-unavailable`"

CONTROLS: tuple[Control, ...] = (
    Control(
        name="codes sent by source, device, phone and in total",
        store=Store.POSTGRESQL,
        mode=FailureMode.CLOSED,
        without=f"{_UNAVAILABLE}; no code is sent",
        guards=(*rules.SOURCE_SENDS, *rules.DEVICE_SENDS, *rules.PHONE_SENDS, *rules.TOTAL_SENDS),
    ),
    Control(
        name="tries of a citizen's code",
        store=Store.POSTGRESQL,
        mode=FailureMode.CLOSED,
        without=f"{_UNAVAILABLE}; nothing is judged or counted",
        guards=(rules.PHONE_TRIES,),
    ),
    Control(
        name="tries of an operator's password",
        store=Store.POSTGRESQL,
        mode=FailureMode.CLOSED,
        without=f"{_UNAVAILABLE}; nothing is judged or counted",
        guards=(rules.LOGIN_TRIES,),
    ),
    Control(
        name="tries of an operator's second factor, each code once",
        store=Store.POSTGRESQL,
        mode=FailureMode.CLOSED,
        without=f"{_UNAVAILABLE}; the code is not spent",
        guards=(rules.LOGIN_TRIES,),
    ),
    Control(
        name="refresh rotation",
        store=Store.POSTGRESQL,
        mode=FailureMode.CLOSED,
        without=f"{_UNAVAILABLE}; the token stays as good as it was",
    ),
    Control(
        name="session check of every call",
        store=Store.POSTGRESQL,
        mode=FailureMode.CLOSED,
        without=_UNAVAILABLE,
    ),
    Control(
        name="daily quota of complaints",
        store=Store.POSTGRESQL,
        mode=FailureMode.CLOSED,
        without=f"{_UNAVAILABLE}; nothing is filed",
    ),
    Control(
        name="tries of a query code by number and source",
        store=Store.POSTGRESQL,
        mode=FailureMode.CLOSED,
        without=f"{_UNAVAILABLE}; no status is told",
        guards=(SOURCE_TRIES, NUMBER_TRIES),
    ),
    Control(
        name="traffic by source",
        store=Store.VALKEY,
        mode=FailureMode.OPEN,
        without="requests are answered, each process counts by itself",
    ),
)


def printed() -> str:
    """Return the table as docs/operations.md holds it."""
    head = "| control | counts in | without it | what is met |\n|---|---|---|---|\n"
    return head + "".join(f"| {one.name} | {one.store} | {one.mode} | {one.without} |\n" for one in CONTROLS)
