"""Builds a city of two parts, ours and the neighbours', in a database of its own, and lets people ask it over HTTP.

What our people do is drawn from one seed and happens at the same instants in every world; what the neighbours do is
drawn from another, between those instants: how many they are, what they file, and who moves it.
"""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, text
from stdnum.iso7064 import mod_37_2

from backend.infrastructure.database import Session
from backend.infrastructure.outbox import OutboxEvent
from backend.worker.event_reader import read_event
from mobile_api.services import Services
from mobile_api.worker_table import subscriptions
from tests.sign_in_desk import NOW, HandClock
from tests.statements import StatementCounter
from tests.territory.deeds import Deeds, Part
from tests.territory.dice import Cast
from tests.territory.draws import API
from tests.territory.oracle import Answer
from tests.territory.people import People, SignedIn

OUR_ACTS, STEP_S = 40, 5
# Before anything can be moved, something must be there.
FIRST_FILED = 4
BUILT_AT = NOW + timedelta(seconds=OUR_ACTS * STEP_S)
_NOBODY = uuid.UUID(int=0)
# Told by the machine's clock, and by the process: the same for both worlds, but not at the same moment.
_OF_THE_PROCESS = {"Date", "X-Worker-Pid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    """Whose territory is ours, and who the neighbours are."""

    name: str
    ours: Part
    neighbours: Part

    @property
    def cast(self) -> Cast:
        """Return our people, for the script."""
        return Cast(
            desks=list(self.ours.desks),
            citizens=[f"citizen-{number}" for number in range(4)],
            grid_workers=self.ours.grid_workers,
            leavers=[f"leaver-{number}" for number in range(3)],
            divisions=self.ours.divisions,
            categories=self.ours.categories,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """How often neighbours act: between two requests of the script, and how many times between two of our acts."""

    between_requests: float
    between_acts: Sequence[int]


LOUD = Loudness(between_requests=1 / 6, between_acts=(0, 0, 1, 1, 2, 3))
QUIET = Loudness(between_requests=1 / 60, between_acts=(0, 0, 0, 0, 0, 0, 0, 0, 1))


@dataclass
class World:
    """One city, its neighbours drawn by a seed of its own."""

    app: Flask
    services: Services
    clock: HandClock
    territory: Territory
    neighbours: random.Random
    statements: StatementCounter
    # How much the neighbours do: where they are loud in the one world and quiet in the other, most shows.
    loudness: Loudness
    people: dict[str, SignedIn] = field(default_factory=dict)
    known: defaultdict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    _told_to: uuid.UUID = _NOBODY
    _asked: int = 0

    def __post_init__(self) -> None:
        self._subscriptions = subscriptions(self.services)
        self.deeds = Deeds(self)
        self.makes = People(self.services, self.clock)

    # ---- what the oracle asks for

    def things(self, kind: str, source: str, actor: str) -> Sequence[str]:
        """Return the things of a kind: ours, the neighbours', or some that nobody ever had."""
        if source == "unissued":
            return _UNISSUED[kind]
        if (kind, source) in {("session", "own"), ("refresh", "own")}:
            name = actor if actor in self.people else "leaver-0"
            person = self.people[name]
            return [str(person.session_id) if kind == "session" else person.refresh_token]
        return self.known[kind, source]

    def send(
        self, actor: str, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """Answer one of our people, a second after the last; now and then a neighbour does something before."""
        self._asked += 1
        if self.neighbours.random() < self.loudness.between_requests:
            self.neighbours_act()
        self.clock.instant = BUILT_AT + timedelta(seconds=self._asked)
        return self.answer(actor, method, path, query, headers, body)

    # ---- building

    def build(self, seed: int) -> None:
        """Make our people and let them do what the seed draws, with the neighbours acting between."""
        self.clock.instant = NOW
        self._settle(seed)
        drawn = random.Random(seed)
        for act in range(OUR_ACTS):
            self.clock.instant = NOW + timedelta(seconds=act * STEP_S)
            self._our_act(drawn, act)
            for _ in range(self.neighbours.choice(self.loudness.between_acts)):
                self.clock.instant = NOW + timedelta(seconds=act * STEP_S + self.neighbours.uniform(0.5, STEP_S - 0.5))
                self.neighbours_act()
        self.clock.instant = BUILT_AT - timedelta(seconds=1)
        self.deeds.upload(self.territory.cast.citizens[0], "own")
        for _ in range(self.neighbours.randint(1, 2)):
            self.deeds.upload("their-citizen-0", "foreign")
        self.clock.instant = BUILT_AT
        # An access token lives ten minutes: the script begins with new ones.
        for name, person in list(self.people.items()):
            self.people[name] = self.makes.signed_in(person.person_id, person.kind)
        # Told now, as a worker would, and not after whatever happens next.
        self._tell()
        self._note_sessions()

    def _settle(self, seed: int) -> None:
        for name in self.territory.cast.citizens + self.territory.cast.leavers:
            self.people[name] = self.makes.citizen(f"+86138{seed % 10_000:04d}{len(self.people):04d}")
        for name, bound in (self.territory.ours.desks | self.territory.neighbours.desks).items():
            self.people[name] = self.makes.operator(_login(name), bound)
        self.known["login", "foreign"] = [_login(name) for name in self.territory.neighbours.desks]
        for number in range(self.neighbours.randint(1, 6)):
            phone = f"+86139{self.neighbours.randrange(10**8):08d}"
            self.people[f"their-citizen-{number}"] = self.makes.citizen(phone)

    def neighbours_act(self) -> None:
        """Let a neighbour do something, as the world's own seed draws."""
        theirs = [name for name in self.people if name.startswith("their-citizen")]
        citizen = self.neighbours.choice(theirs)
        deeds: list[Callable[[], object]] = [
            lambda: self.deeds.file(self.neighbours, citizen, self.territory.neighbours, "foreign"),
            lambda: self.deeds.file(self.neighbours, citizen, self.territory.neighbours, "foreign"),
            lambda: self.deeds.move(self.neighbours, list(self.territory.neighbours.desks), "foreign"),
            lambda: self.deeds.register(citizen, f"their-phone-{self.neighbours.randrange(9)}", "foreign"),
            lambda: self.answer(citizen, "GET", f"{API}/notifications", {}, {}, b""),
            lambda: self.deeds.send_code(f"137{self.neighbours.randrange(10**8):08d}"),
            lambda: self.deeds.reveal(self.neighbours, list(self.territory.neighbours.desks), "foreign"),
            lambda: self.deeds.ask_for_data(citizen, "foreign"),
            lambda: self.deeds.report_from_grid(self.neighbours, self.territory.neighbours),
        ]
        self.neighbours.choice(deeds)()

    def _our_act(self, drawn: random.Random, act: int) -> None:
        # Drawn in full whatever comes of it, so that the same draws follow in every world.
        citizen = drawn.choice(self.territory.cast.citizens)
        own = random.Random(drawn.random())
        desks = list(self.territory.ours.desks)
        deeds: dict[str, Callable[[], object]] = {
            "file": lambda: self.deeds.file(own, citizen, self.territory.ours, "own"),
            "move": lambda: self.deeds.move(own, desks, "own"),
            "register": lambda: self.deeds.register(citizen, f"our-phone-{own.randrange(4)}", "own"),
            "reveal": lambda: self.deeds.reveal(own, desks, "own"),
            "ask for data": lambda: self.deeds.ask_for_data(citizen, "own"),
        }
        deed = drawn.choices(list(deeds), weights=[6, 4, 2, 2, 1])[0]
        deeds["file" if act < FIRST_FILED else deed]()

    # ---- people and their requests

    def call(self, actor: str, method: str, path: str, body: Any, **headers: str) -> Answer:
        """Ask as somebody, with a JSON body."""
        raw = self.app.json.dumps(body).encode()
        return self.answer(actor, method, API + path, {}, {"Content-Type": "application/json", **headers}, raw)

    def answer(
        self, actor: str, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> Answer:
        signed = {"Authorization": f"Bearer {self.people[actor].access_token}"} if actor in self.people else {}
        with self.statements.counting() as seen:
            answer = self.app.test_client().open(
                path, method=method, query_string=query, data=body, headers={**headers, **signed}
            )
        if method != "GET":
            self._tell()
        return Answer(
            status=answer.status_code,
            headers=[(name, value) for name, value in answer.headers if name not in _OF_THE_PROCESS],
            body=answer.get_data(),
            statements=len(seen),
        )

    def _tell(self) -> None:
        """Do what the worker would: tell each new event to whoever listens."""
        with self.services.database.transaction() as session:
            news = select(OutboxEvent.id, OutboxEvent.name).where(OutboxEvent.id > self._told_to)
            for row in session.execute(news.order_by(OutboxEvent.id)).all():
                self._told_to = row.id
                for subscriber in self._subscriptions.get(row.name, ()):
                    subscriber.handler(session, read_event(session, row.id))

    def _note_sessions(self) -> None:
        with self.services.database.transaction() as session:
            theirs = [person.person_id for name, person in self.people.items() if name.startswith("their-")]
            self.known["session", "foreign"] = _column(
                session, "SELECT id FROM device_session WHERE person_id = ANY(:people) ORDER BY id", theirs
            )
            self.known["notification", "foreign"] = _column(
                session, "SELECT id FROM notification WHERE person_id = ANY(:people) ORDER BY id", theirs
            )


def _column(session: Session, statement: str, people: list[uuid.UUID]) -> list[str]:
    return [str(value) for value in session.scalars(text(statement), {"people": people})]


def _login(name: str) -> str:
    return name.replace("-", ".")


def _number(prefix: str, serial: int) -> str:
    # Of a day on which nobody filed anything.
    body = f"{prefix}250101{serial:06d}"
    return body + mod_37_2.calc_check_digit(body)


def _sound(prefix: str) -> list[str]:
    return [number for serial in range(9) if not (number := _number(prefix, serial)).endswith("*")]


_NOBODYS_IDS = [f"0192f000-0000-7000-8000-{serial:012x}" for serial in range(9)]
_UNISSUED: Mapping[str, Sequence[str]] = {
    "case": _sound("AJ"),
    "complaint": _sound("NT"),
    "grid-report": _sound("WG"),
    "notification": _NOBODYS_IDS,
    "session": _NOBODYS_IDS,
    "evidence": _NOBODYS_IDS,
    "data_request": _NOBODYS_IDS,
    "link": ["A" * 103, "B" * 103],
    "device": [f"nobodys-phone-{number}" for number in range(9)],
    "new_device": [f"another-phone-{number}" for number in range(9)],
    "login": [f"nobody.here.{number}" for number in range(9)],
    "refresh": [f"nobodys-token-{number}" for number in range(9)],
}
