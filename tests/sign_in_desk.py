"""A desk for tests of sign-in: a process's doors, a clock set by hand, and each deed in a transaction of its own."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from backend.identity.actor import Actor
from backend.identity.errors import CodeRefused, CodesLimited, RefreshRefused, SignInRefused, TriesLimited
from backend.identity.queries import operator_id
from backend.identity.use_cases.codes import CodeIssued, CodeRequest, issue_code
from backend.identity.use_cases.operator_sign_in import (
    Challenge,
    CodeOfFactorTry,
    PasswordTry,
    prove_password,
    prove_second_factor,
)
from backend.identity.use_cases.people import disable_person
from backend.identity.use_cases.sessions import Device, Doors, SignedIn, end_session, refresh_session
from backend.identity.use_cases.sign_in import CodeTry, sign_in_citizen
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.database import Database
from backend.infrastructure.passwords import PasswordHasher
from backend.infrastructure.settings import Settings
from backend.infrastructure.tokens import TokenIssuer
from backend.organization.queries.actors import actor_of
from backend.organization.roles import Role
from backend.organization.use_cases.staff import NewAccount, StaffEntry, add_staff
from tests.totp import STEP_S, App

T = TypeVar("T")

PHONE, OTHER_PHONE = "+8613812345678", "+8613912345678"
LOGIN = "rugao.test"
DEVICE = "device-of-a-test"
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@dataclass
class HandClock:
    """A clock that stands still until it is set."""

    instant: datetime = NOW

    def now(self) -> datetime:
        return self.instant

    def advance(self, **span: float) -> None:
        self.instant += timedelta(**span)


def cheap_passwords() -> PasswordHasher:
    """Return argon2id with the least memory it takes: tests hash often, and two cores are few."""
    return PasswordHasher(at_once=4, waiting=32, wait_s=30, memory_kib=64)


@dataclass
class SignInDesk:
    """Where a test signs people in."""

    database: Database
    sealer: Sealer
    tokens: TokenIssuer
    clock: HandClock = field(default_factory=HandClock)
    passwords: PasswordHasher = field(default_factory=cheap_passwords)
    apps: dict[str, App] = field(default_factory=dict)

    @classmethod
    def opened(cls, database: Database, settings: Settings) -> SignInDesk:
        return cls(
            database=database,
            sealer=Sealer(
                settings.personal_data_keys,
                current_key_id=settings.personal_data_key_id,
                blind_index_key=settings.blind_index_key,
            ),
            tokens=TokenIssuer(
                settings.token_private_key_pem, issuer=settings.token_issuer, audience=settings.token_audience
            ),
        )

    @property
    def doors(self) -> Doors:
        return Doors(sealer=self.sealer, tokens=self.tokens)

    def within(self, deed: Callable[[Session], T]) -> T:
        with self.database.transaction() as session:
            return deed(session)

    def ask(
        self, phone: str = PHONE, *, device: str = DEVICE, address: str | None = "203.0.113.7"
    ) -> CodeIssued | CodesLimited:
        request = CodeRequest(phone=phone, device_id=device, address=address)
        return self.within(lambda s: issue_code(s, sealer=self.sealer, request=request, now=self.clock.now()))

    def try_code(
        self, issued: CodeIssued, code: str | None = None, *, phone: str | None = None, device: str = DEVICE
    ) -> SignedIn | CodeRefused | TriesLimited:
        """Try a code, the right one when none is given."""
        attempt = CodeTry(
            challenge_id=issued.challenge_id,
            phone=phone or issued.phone,
            code=code or code_of(issued),
            device=Device(id=device, name="张三的手机"),
        )
        return self.within(lambda s: sign_in_citizen(s, doors=self.doors, attempt=attempt, now=self.clock.now()))

    def sign_in(self, phone: str = PHONE) -> SignedIn:
        """Sign a citizen in, a minute after the last."""
        self.clock.advance(seconds=61)
        issued = self.ask(phone, device=uuid.uuid4().hex)
        assert isinstance(issued, CodeIssued)
        signed_in = self.try_code(issued)
        assert isinstance(signed_in, SignedIn)
        return signed_in

    def hire(
        self, login_name: str = "rugao.test", *, role: Role = Role.ACCEPTOR, centre_code: str = "320682"
    ) -> NewAccount:
        entry = StaffEntry(login_name=login_name, name="李四", role=role, centre_code=centre_code)
        return self.within(
            lambda s: add_staff(
                s, sealer=self.sealer, passwords=self.passwords, entry=entry, now=self.clock.now() - timedelta(days=1)
            )
        )

    def disable(self, login_name: str) -> None:
        self.within(lambda s: disable_person(s, person_id=operator_id(s, login_name), now=self.clock.now()))

    def try_password(self, login_name: str, password: str) -> SignedIn | SignInRefused | TriesLimited:
        """Try a password and, after it, the right code of the app that the account was enrolled with here."""
        challenge = self.prove_password(login_name, password)
        if isinstance(challenge, TriesLimited):
            return challenge
        return self.try_factor(challenge, self.code_for(login_name, challenge))

    def prove_password(self, login_name: str, password: str) -> Challenge | TriesLimited:
        return self.within(lambda s: self.prove_password_within(s, login_name, password))

    def prove_password_within(self, session: Session, login_name: str, password: str) -> Challenge | TriesLimited:
        """Do the first step in a transaction that the test holds open."""
        attempt = PasswordTry(login_name=login_name, password=password, device_id=DEVICE)
        return prove_password(
            session, doors=self.doors, passwords=self.passwords, attempt=attempt, now=self.clock.now()
        )

    def try_factor(
        self, challenge: Challenge, code: str, *, device: str = DEVICE
    ) -> SignedIn | SignInRefused | TriesLimited:
        attempt = CodeOfFactorTry(challenge=challenge.challenge, code=code, device=Device(id=device))
        return self.within(lambda s: prove_second_factor(s, doors=self.doors, attempt=attempt, now=self.clock.now()))

    def code_for(self, login_name: str, challenge: Challenge) -> str:
        """Return the next right code of an account, its app enrolled now if it must be. Nobody's code is 000000."""
        login_name = login_name.strip().lower()
        if challenge.enrolment is not None:
            self.apps[login_name] = App(challenge.enrolment.secret)
        app = self.apps.get(login_name)
        if app is None:
            return "000000"
        code = app.next_code(self.clock.now().timestamp())
        # Only one step ahead is taken: whoever signs in a third time in one instant waits a little.
        self.clock.advance(seconds=max(0, app.wait_s(self.clock.now().timestamp()) - STEP_S))
        return code

    def refresh(self, refresh_token: str) -> SignedIn | RefreshRefused:
        return self.within(lambda s: self.refresh_within(s, refresh_token))

    def refresh_within(self, session: Session, refresh_token: str) -> SignedIn | RefreshRefused:
        """Refresh in a transaction that the test holds open."""
        return refresh_session(session, doors=self.doors, refresh_token=refresh_token, now=self.clock.now())

    def actor(self, signed_in: SignedIn) -> Actor | None:
        """Return who asks with this access token, as every call finds out."""
        claims = self.tokens.read_access(signed_in.access_token, now=self.clock.now())
        return self.within(
            lambda s: actor_of(s, person_id=claims.person_id, session_id=claims.session_id, now=self.clock.now())
        )

    def sign_out(self, signed_in: SignedIn) -> None:
        actor = self.actor(signed_in)
        assert actor is not None
        self.within(lambda s: end_session(s, actor=actor, now=self.clock.now()))

    def rows(self, question: str) -> list[tuple]:
        return [tuple(row) for row in self.within(lambda s: s.execute(text(question)).all())]

    def until_somebody_waits(self) -> None:
        """Return when a statement of another connection waits for a lock."""
        while not self.rows(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ):
            time.sleep(0.005)

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Collect the SQL that is sent meanwhile."""
        sent: list[str] = []

        def keep(_connection, _cursor, statement, *_rest) -> None:
            sent.append(statement)

        event.listen(self.database.engine, "before_cursor_execute", keep)
        try:
            yield sent
        finally:
            event.remove(self.database.engine, "before_cursor_execute", keep)


def code_of(issued: CodeIssued) -> str:
    """Read the code out of the message, as its owner does."""
    found = re.search(r"\d{6,}", issued.text)
    assert found is not None
    return found[0]


def wrong_code(issued: CodeIssued, step: int = 1) -> str:
    """Return a code of the right form that is not the right one."""
    return f"{(int(code_of(issued)) + step) % 1_000_000:06}"


def every_row(owner: Database) -> set[str]:
    """Return every row of every table as text."""
    with owner.transaction() as session:
        tables = session.scalars(text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")).all()
        return {f"{name}: {row}" for name in tables for row in session.scalars(text(f"SELECT t::text FROM {name} t"))}
