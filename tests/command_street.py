"""A county's command system on the street: staff with their bindings, a case with its tasks, and who was told."""

from __future__ import annotations

import itertools
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from backend.cases.models import Case, CaseTask, LedgerEntry
from backend.identity.actor import Actor, PersonKind
from backend.identity.models import Person
from backend.identity.use_cases.people import OperatorAccount, add_operator
from backend.identity.use_cases.sessions import Device, Doors, begin_session
from backend.kernel.events import CaseFiled, CaseMoved
from backend.kernel.ids import uuid7
from backend.notifications.handlers import InboxWriter
from backend.organization.models import Centre, RoleBinding
from backend.organization.queries.actors import actor_of
from tests.street import Street, new_case

CITY, RUGAO, HAIAN, RUCHENG, DONGCHEN = "320600", "320682", "320685", "320682001", "320682103"
LAMP_UNIT, ROAD_UNIT, HOUSING_UNIT = "YLJ", "JTJ", "ZJJ"
_logins = itertools.count(1)


@dataclass
class CommandStreet:
    """Where a test about staff happens. The case moves at ``at``; bindings have begun a day before, unless said."""

    street: Street
    names: dict[uuid.UUID, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # What is told happened a while ago: people have come and gone since.
        self.at = self.street.services.clock.now() - timedelta(minutes=1)

    def staff(
        self,
        role: str,
        centre: str = RUGAO,
        unit: str | None = None,
        *,
        name: str = "",
        since: timedelta = timedelta(days=-1),
        until: timedelta | None = None,
        disabled: bool = False,
    ) -> uuid.UUID:
        """Bind somebody new to a role. ``since`` and ``until`` are counted from the move."""
        account = OperatorAccount(login_name=f"staff.{next(_logins)}", name="测试员", password_hash="unused")
        with self.street.services.database.transaction() as session:
            person_id = add_operator(session, sealer=self.street.services.sealer, account=account, now=self.at)
            if disabled:
                session.get_one(Person, person_id).disabled_at = self.at
            session.flush()
        self.bind(person_id, role, centre, unit, since=since, until=until)
        self.names[person_id] = name or " ".join(filter(None, (role, centre, unit)))
        return person_id

    def bind(
        self,
        person_id: uuid.UUID,
        role: str,
        centre: str = RUGAO,
        unit: str | None = None,
        *,
        since: timedelta = timedelta(days=-1),
        until: timedelta | None = None,
    ) -> None:
        """Bind somebody to one more role."""
        with self.street.services.database.transaction() as session:
            session.add(
                RoleBinding(
                    id=uuid7(),
                    person_id=person_id,
                    role=role,
                    centre_id=self.centre(centre),
                    unit_code=unit,
                    valid_from=self.at + since,
                    valid_to=None if until is None else self.at + until,
                )
            )

    def signed_in(self, person_id: uuid.UUID) -> Actor:
        """Sign a member of staff in."""
        services = self.street.services
        with services.database.transaction() as session:
            begun = begin_session(
                session,
                doors=Doors(sealer=services.sealer, tokens=services.tokens),
                person_id=person_id,
                kind=PersonKind.OPERATOR,
                device=Device(id=f"device-{uuid.uuid4()}"),
                now=self.at,
            )
            actor = actor_of(session, person_id=person_id, session_id=begun.session_id, now=self.at)
        assert actor is not None
        return actor

    def centre(self, code: str) -> uuid.UUID:
        """Return the id of a centre."""
        with self.street.services.database.transaction() as session:
            return session.scalars(select(Centre.id).where(Centre.code == code)).one()

    def case(self, *, owner: str = RUGAO, division: str = RUGAO) -> Case:
        """Put a case in the database, without any reporter."""
        case = new_case(self.centre(owner), self.at, division_code=division)
        with self.street.services.database.transaction() as session:
            session.add(case)
        return case

    def task(
        self, case: Case, kind: str, unit: str | None = None, *, at: datetime | None = None, **changes: Any
    ) -> None:
        """Give a task of a case, at the move's own instant unless said."""
        given = {"centre_id": case.owner_centre_id, "status": "todo", "round": 1} | changes
        with self.street.services.database.transaction() as session:
            session.add(
                CaseTask(
                    id=uuid7(),
                    case_id=case.id,
                    kind=kind,
                    unit_code=unit,
                    rule="test",
                    due_at=self.at,
                    created_at=at or self.at,
                    **given,
                )
            )

    def reported(self, case: Case, by: uuid.UUID) -> None:
        """Have the ledger tell that somebody reported the first round of a case done: what it says of that alone."""
        entry = json.dumps({"action": "report_back", "round": 1, "actor": {"person_id": str(by)}})
        with self.street.services.database.transaction() as session:
            session.add(
                LedgerEntry(
                    case_id=case.id, seq=1, event_id=uuid7(), entry=entry, previous_hash=bytes(32), hash=bytes(32)
                )
            )

    def moved(self, case: Case, transition: str, to_state: str, *, by: uuid.UUID | None = None) -> CaseMoved:
        """Return the event of a move."""
        return CaseMoved(
            event_id=uuid7(),
            occurred_at=self.at,
            subject_id=case.id,
            case_number=case.number,
            transition=transition,
            from_state="submitted",
            to_state=to_state,
            mover_person_id=by,
        )

    def filed(self, case: Case, reporter: uuid.UUID) -> CaseFiled:
        """Return the event of a filing."""
        return CaseFiled(
            event_id=uuid7(),
            occurred_at=self.at,
            subject_id=case.id,
            case_number=case.number,
            owner_centre_id=case.owner_centre_id,
            reporter_person_id=reporter,
            reporter_number="NT2611240000017",
        )

    def take_in(self, event: CaseMoved | CaseFiled) -> None:
        """Tell an event, as a job of the worker does."""
        with self.street.services.database.transaction() as session:
            InboxWriter(self.street.services.clock).take_in(session, event)

    def told(self) -> dict[str, list[str]]:
        """Return the kinds of messages that members of staff were sent, by their names."""
        told: dict[str, list[str]] = {}
        for row in self.street.rows("SELECT person_id, kind FROM notification ORDER BY id"):
            if row.person_id in self.names:
                told.setdefault(self.names[row.person_id], []).append(row.kind)
        return told
