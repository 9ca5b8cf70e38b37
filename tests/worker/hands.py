"""Hands that move workers, apps and the provider step by step, over a real database and by a clock set by hand."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backend.identity.actor import Actor, PersonKind
from backend.identity.use_cases.sessions import Device, Doors, begin_session, end_session
from backend.infrastructure.push import PushMessage, PushOutcome, PushResult
from backend.infrastructure.retry import RetryLater
from backend.notifications.errors import DeviceBusy, DeviceNotFound
from backend.notifications.handlers import InboxWriter, PushRun
from backend.notifications.use_cases.deliveries import ClaimedPush
from backend.notifications.use_cases.devices import remove_device
from backend.organization.queries.actors import actor_of
from tests.sign_in_desk import HandClock
from tests.street import Street, filed

# Typed from the requirements: a claim is handed over within 5 s, and the provider has it for at most 10 s more (S20).
HAND_OVER_S, SENDING_S = 5, 10
FREE_AGAIN_S = 16


@dataclass
class UnderWay:
    """A message in the hands of the provider, which may ring the phone at any moment until then."""

    address: str
    person_id: uuid.UUID
    until: datetime


class Hands:
    """The hands that move everything, one step at a time."""

    def __init__(self, street: Street) -> None:
        self.clock = HandClock(street.services.clock.now())
        self.street = replace(street, services=replace(street.services, clock=self.clock))
        self.run = PushRun(provider=self, sealer=street.services.sealer, clock=self.clock)
        self.under_way: dict[tuple[uuid.UUID, int], UnderWay] = {}
        self._performed: ClaimedPush | None = None
        self._addressee: dict[str, uuid.UUID] = {}
        self.rung = 0

    def transaction(self):
        return self.street.services.database.transaction()

    def news(self, person: Actor) -> list[str]:
        """Tell the person something, and return the deliveries to their phones."""
        event = filed(person, now=self.clock.now())
        with self.transaction() as session:
            InboxWriter(self.clock).take_in(session, event)
        rows = self.street.rows(
            "SELECT d.id FROM push_delivery d JOIN notification n ON n.id = d.notification_id"
            f" WHERE n.event_id = '{event.event_id}' ORDER BY d.id"
        )
        made = [str(row.id) for row in rows]
        self._addressee |= dict.fromkeys(made, person.person_id)
        return made

    def claim(self, delivery_id: str) -> ClaimedPush | None:
        with self.transaction() as session:
            return self.run.claim(session, delivery_id)

    def perform(self, claimed: ClaimedPush) -> PushResult:
        self._performed = claimed
        return self.run.perform(claimed)

    def settle(self, claimed: ClaimedPush, outcome: PushOutcome = PushOutcome.DELIVERED) -> None:
        self.under_way.pop((claimed.delivery_id, claimed.try_number), None)
        with self.transaction() as session:
            self.run.settle(session, claimed, PushResult(outcome=outcome, code=outcome.value), False)

    def send(self, message: PushMessage) -> PushResult:
        """Take the message, as the provider: from now on the phone may ring."""
        self.rung += 1
        assert self._performed is not None
        self.under_way[self._performed.delivery_id, self._performed.try_number] = UnderWay(
            address=message.address.value,
            person_id=self._addressee[message.message_id],
            until=self.clock.now() + timedelta(seconds=SENDING_S),
        )
        return PushResult(outcome=PushOutcome.DELIVERED, code="delivered")

    def register(self, person: Actor, device_id: str, address: str) -> None:
        self.street.phone(person, device_id=device_id, address=address)

    def remove(self, person: Actor, device_id: str) -> None:
        with self.transaction() as session:
            remove_device(session, actor=person, device_id=device_id, now=self.clock.now())

    def signed_in_anew(self, person: Actor) -> Actor:
        """Sign the person out, and in again: a new session."""
        doors = Doors(sealer=self.street.services.sealer, tokens=self.street.services.tokens)
        with self.transaction() as session:
            end_session(session, actor=person, now=self.clock.now())
            signed_in = begin_session(
                session,
                doors=doors,
                person_id=person.person_id,
                kind=PersonKind.CITIZEN,
                device=Device(id=f"device-{uuid.uuid4()}"),
                now=self.clock.now(),
            )
            actor = actor_of(session, person_id=person.person_id, session_id=signed_in.session_id, now=self.clock.now())
        assert actor is not None
        return actor

    def may_ring(self) -> Iterator[UnderWay]:
        """Yield what may ring a phone now."""
        return (message for message in self.under_way.values() if self.clock.now() < message.until)


class Walk:
    """Two people, two installations of the app and two addresses, moved in an order that a seed draws."""

    def __init__(self, hands: Hands, seed: int) -> None:
        self.hands = hands
        hands.under_way.clear()
        self.random = random.Random(seed)
        self.trail: list[str] = []
        self.actors = [hands.street.person(), hands.street.person()]
        self.device_ids = [f"phone-{seed}-1", f"phone-{seed}-2"]
        self.addresses = [f"address-{seed}-1", f"address-{seed}-2"]
        self.owners: dict[str, uuid.UUID] = {}
        self.waiting: list[str] = []
        self.claims: list[ClaimedPush] = []

    def go(self, steps: int) -> None:
        deeds = {self.register: 6, self.news: 3, self.claim: 5, self.perform: 6, self.settle: 1, self.wait: 3}
        deeds |= {self.remove: 2, self.sign_out_and_in: 1}
        for deed in self.random.choices(list(deeds), weights=list(deeds.values()), k=steps):
            self.trail.append(f"{deed.__name__}{deed() or ''}")
            for message in self.hands.may_ring():
                assert self.owners[message.address] == message.person_id, self.trail

    def register(self) -> str:
        who, device, address = self.random.choices([0, 1], k=3)
        with suppress(DeviceBusy):
            self.hands.register(self.actors[who], self.device_ids[device], self.addresses[address])
            self.owners[self.addresses[address]] = self.actors[who].person_id
            return f" {who} {device} {address}"
        return " busy"

    def remove(self) -> None:
        who, device = self.random.choices([0, 1], k=2)
        with suppress(DeviceBusy, DeviceNotFound):
            self.hands.remove(self.actors[who], self.device_ids[device])

    def sign_out_and_in(self) -> None:
        who = self.random.choice([0, 1])
        self.actors[who] = self.hands.signed_in_anew(self.actors[who])

    def news(self) -> str:
        who = self.random.choice([0, 1])
        self.waiting += self.hands.news(self.actors[who])
        return f" for {who}"

    def claim(self) -> None:
        if self.waiting:
            with suppress(RetryLater):
                claimed = self.hands.claim(self.random.choice(self.waiting[-3:]))
                self.claims += [claimed] if claimed else []

    def perform(self) -> None:
        if self.claims:
            self.hands.perform(self.random.choice(self.claims[-2:]))

    def settle(self) -> None:
        if self.claims:
            claimed = self.claims.pop(self.random.randrange(len(self.claims)))
            self.hands.settle(claimed, self.random.choice(list(PushOutcome)))

    def wait(self) -> str:
        seconds = self.random.choice([1, HAND_OVER_S - 1, HAND_OVER_S, SENDING_S - 1, FREE_AGAIN_S])
        self.hands.clock.advance(seconds=seconds)
        return f" {seconds}"
