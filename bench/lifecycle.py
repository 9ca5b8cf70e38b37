"""A case from its filing to its end, again and again: file, accept, dispatch, sign, feed back, verify, close.

Each step waits for the answer of the one before, so this load is Python's own, not wrk's. The photos that two of the
steps ask for are rows made beforehand: an upload is an act of its own.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from sqlalchemy import insert

from backend.evidence.models import Evidence
from backend.kernel.ids import uuid7
from bench.acts import API, complaint
from bench.asking import Phone
from bench.load import Line, Load, LoadFailed
from bench.people import SignedIn, World

CLIENTS = 4
_PHOTOS_A_BATCH = 500
_DESK, _UNIT, _VERIFIER = "rugao.desk", "rugao.ylj", "rugao.grid"
_PLACE = {"longitude_wgs84": 120.5734, "latitude_wgs84": 32.3708, "accuracy_m": 8.0}
_CALLBACK = {"is_contacted": True, "is_solved": True, "is_satisfied": True, "is_true": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who brings cases to their end: tokens by login name, citizens' tokens in rotation, photos that wait."""

    port: int
    staff: Mapping[str, str]
    citizens: Iterator[str]
    after_photos: Photos
    seen_photos: Photos


class Photos:
    """Photos of one person that wait for a case: rows as an upload leaves them, made some hundred at a time."""

    def __init__(self, world: World, person: SignedIn) -> None:
        self._world = world
        self._person = person
        self._waiting: list[str] = []
        self._lock = threading.Lock()

    def take(self) -> str:
        """Return the id of one that nobody else is given."""
        with self._lock:
            if not self._waiting:
                self._waiting = self._more()
            return self._waiting.pop()

    def _more(self) -> list[str]:
        ids = [uuid7() for _ in range(_PHOTOS_A_BATCH)]
        rows = [self._row(photo_id) for photo_id in ids]
        with self._world.services.database.transaction() as session:
            session.execute(insert(Evidence), rows)
        return [str(photo_id) for photo_id in ids]

    def _row(self, photo_id: uuid.UUID) -> dict[str, Any]:
        return {
            "id": photo_id,
            "person_id": self._person.person_id,
            "kind": "photo",
            "stage": "after",
            "state": "ready",
            "full_key": f"evidence/bench/{photo_id}-full",
            "thumbnail_key": f"evidence/bench/{photo_id}-thumbnail",
            "sha256": hashlib.sha256(photo_id.bytes).digest(),
            "byte_size": 1,
            "width": 640,
            "height": 480,
            "created_at": self._world.services.clock.now(),
        }


def cast_of(world: World) -> Cast:
    """Sign everyone in. Their tokens are good for ten minutes."""
    people = {login: world.operator(login) for login in (_DESK, _UNIT, _VERIFIER)}
    tokens = [world.token_of(citizen) for citizen in world.citizens]
    return Cast(
        port=world.installation.port,
        staff={login: world.token_of(somebody) for login, somebody in people.items()},
        citizens=itertools.cycle(tokens),
        after_photos=Photos(world, people[_UNIT]),
        seen_photos=Photos(world, people[_VERIFIER]),
    )


def drive(cast: Cast, seconds: int) -> Load:
    """Bring cases to their end for some seconds, by so many clients at once. Raises LoadFailed at the first refusal."""
    begun_s = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as clients:
        spells = [clients.submit(_lives, cast, begun_s + seconds) for _ in range(CLIENTS)]
        took_ms = sorted(one for spell in spells for one in spell.result())
    duration_s = time.monotonic() - begun_s
    return Load(
        requests=len(took_ms),
        duration_s=duration_s,
        p50_ms=percentile(took_ms, 0.50),
        p99_ms=percentile(took_ms, 0.99),
        failed=0,
        broken=0,
    )


def percentile(ordered: Sequence[float], part: float) -> float:
    """Return the value below which a part of the ordered values lie; 0 of none."""
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else 0.0


def live_once(cast: Cast) -> None:
    """Bring one case from its filing to its end. Raises LoadFailed."""
    phone = Phone(cast.port)
    try:
        _live(cast, phone)
    finally:
        phone.close()


def _lives(cast: Cast, until_s: float) -> list[float]:
    phone, took_ms = Phone(cast.port), []
    try:
        while (begun_s := time.monotonic()) < until_s:
            _live(cast, phone)
            took_ms.append((time.monotonic() - begun_s) * 1000)
    finally:
        phone.close()
    return took_ms


def _live(cast: Cast, phone: Phone) -> None:
    filing = Line(method="POST", path=f"{API}/complaints", token=next(cast.citizens), body=complaint("320682"))
    number = _told(phone, filing)["case_number"]
    moves: tuple[tuple[str, dict[str, Any]], ...] = (
        (_DESK, {"action": "accept"}),
        (_DESK, {"action": "dispatch", "dispatch": {}}),
        (_UNIT, {"action": "sign"}),
        (_UNIT, {"action": "report_back", "feedback": _feedback(), "evidence_ids": [cast.after_photos.take()]}),
        (_DESK, {"action": "order_verification"}),
        (_VERIFIER, {"action": "confirm_fixed", "verification": _seen(), "evidence_ids": [cast.seen_photos.take()]}),
        (_DESK, {"action": "close", "callback": _CALLBACK}),
    )
    version = 1
    for login, body in moves:
        line = Line(
            method="POST",
            path=f"{API}/cases/{number}/moves",
            token=cast.staff[login],
            body=json.dumps(body, ensure_ascii=False),
        )
        version = _told(phone, line, if_match=f'"v{version}"')["version"]


def _told(phone: Phone, line: Line, *, if_match: str = "") -> dict[str, Any]:
    answer = phone.ask(line, if_match=if_match)
    if answer.status != HTTPStatus.CREATED:
        raise LoadFailed(f"{line.path} {line.body[:60]}: {answer.status} {answer.body[:1000]!r}")
    told: dict[str, Any] = json.loads(answer.body)
    return told


def _feedback() -> dict[str, Any]:
    return {
        "is_true": True,
        "is_contacted": True,
        "contacted_at": _ago(60),
        "contact_result": "已电话告知。",
        "is_solved": True,
        "public_answer": "路灯已修复，现场已检查，感谢您的反映和监督。",
    }


def _seen() -> dict[str, Any]:
    return _PLACE | {"verified_at": _ago(5), "photo_captured_at": _ago(60)}


def _ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat(timespec="seconds")
