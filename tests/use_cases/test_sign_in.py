"""Tests of signing in: who comes into being by it, and what an operator's wrong passwords lead to."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from backend.identity.actor import PersonKind
from backend.identity.errors import CodeRefused, LoginNameInvalid, LoginNameTaken, SignInRefused, TriesLimited
from backend.identity.models import NAME_CONTEXT, PHONE_CONTEXT, Person
from backend.identity.queries import profile_of
from backend.identity.use_cases.people import citizen_of, disable_person
from backend.identity.use_cases.sessions import SignedIn
from backend.infrastructure.crypto import Sealed
from backend.infrastructure.passwords import PasswordHasher, PasswordsBusy
from backend.organization.errors import CentreUnknown
from tests.sign_in_desk import PHONE


def test_the_first_sign_in_makes_the_citizen_and_later_ones_find_them(desk):
    first, second = desk.actor(desk.sign_in()), desk.actor(desk.sign_in("138 1234 5678"))

    assert first.person_id == second.person_id
    assert first.session_id != second.session_id
    assert desk.rows("SELECT kind FROM person") == [("citizen",)]


def test_two_first_sign_ins_at_the_same_instant_make_one_citizen(desk):
    first = desk.ask()
    desk.clock.advance(seconds=61)
    challenges = (first, desk.ask())
    together = threading.Barrier(2)

    def sign_in(issued):
        together.wait(30)
        return desk.try_code(issued)

    with ThreadPoolExecutor(2) as threads:
        signed_in = list(threads.map(sign_in, challenges))

    assert len({desk.actor(one).person_id for one in signed_in}) == 1
    assert desk.rows("SELECT count(*) FROM person") == [(1,)]


def test_a_citizen_that_another_transaction_is_making_is_waited_for_and_found(desk):
    with desk.database.transaction() as first, ThreadPoolExecutor(1) as threads:
        made = citizen_of(first, sealer=desk.sealer, phone=PHONE, now=desk.clock.now())
        waiting = threads.submit(
            desk.within, lambda s: citizen_of(s, sealer=desk.sealer, phone=PHONE, now=desk.clock.now()).id
        )
        first.commit()

        assert waiting.result(30) == made.id


def test_a_phone_is_stored_sealed_with_its_key_id_and_found_by_its_blind_index(desk, settings):
    desk.sign_in()

    index = desk.sealer.blind_index(PHONE)
    person = desk.within(lambda s: s.scalars(select(Person).where(Person.phone_blind_index == index)).one())

    assert person.phone_key_id == settings.personal_data_key_id
    assert PHONE[3:].encode() not in person.phone_sealed + person.phone_blind_index
    assert desk.sealer.open(Sealed(person.phone_key_id, person.phone_sealed), context=PHONE_CONTEXT) == PHONE


def test_the_name_of_a_device_is_stored_sealed(desk):
    desk.sign_in()

    ((name, key_id),) = desk.rows("SELECT device_name_sealed, device_name_key_id FROM device_session")

    assert "张三".encode() not in bytes(name)
    assert desk.sealer.open(Sealed(key_id, bytes(name)), context="device_session.device_name") == "张三的手机"


def test_a_profile_shows_a_citizen_masked_and_does_not_print_even_that(desk):
    person_id = desk.actor(desk.sign_in()).person_id

    profile = desk.within(lambda s: profile_of(s, sealer=desk.sealer, person_id=person_id))

    assert (profile.kind, profile.phone, profile.name) == (PersonKind.CITIZEN, "138****5678", None)
    assert "5678" not in repr(profile)


def test_a_disabled_citizen_is_refused_as_if_the_code_were_wrong(desk):
    person_id = desk.actor(desk.sign_in()).person_id
    desk.within(lambda s: disable_person(s, person_id=person_id, now=desk.clock.now()))
    desk.clock.advance(seconds=61)

    assert isinstance(desk.try_code(desk.ask()), CodeRefused)


def test_an_operator_signs_in_by_account_and_password_however_the_account_is_typed(desk):
    account = desk.hire("rugao.test")

    signed_in = [desk.try_password(typed, account.password) for typed in ("rugao.test", " Rugao.Test ")]

    actors = [desk.actor(one) for one in signed_in]
    assert [actor.kind for actor in actors] == [PersonKind.OPERATOR] * 2
    assert actors[0].own_role is None


def test_a_password_is_kept_as_argon2id_and_nowhere_else(desk):
    account = desk.hire()

    ((kept,),) = desk.rows("SELECT password_hash FROM person")

    assert kept.startswith("$argon2id$")
    assert account.password not in kept
    assert account.password not in repr(account)
    assert len(account.password) >= 16


def test_the_name_of_an_operator_is_stored_sealed(desk):
    desk.hire()

    person = desk.within(lambda s: s.scalars(select(Person)).one())

    assert "李四".encode() not in person.name_sealed
    assert desk.sealer.open(Sealed(person.name_key_id, person.name_sealed), context=NAME_CONTEXT) == "李四"


class CountingHasher(PasswordHasher):
    """Counts the hashes it computes."""

    def __init__(self) -> None:
        super().__init__(memory_kib=64)
        self.checked = 0

    def matches(self, password: str, stored_hash: str | None) -> bool:
        self.checked += 1
        return super().matches(password, stored_hash)


@pytest.mark.parametrize("unknown", ["nobody.here", "", "张三", "a" * 32])
def test_an_unknown_account_costs_the_same_work_and_the_same_answer_as_a_wrong_password(desk, unknown):
    desk.hire("rugao.test")
    desk.passwords = CountingHasher()

    with desk.statements() as for_known:
        wrong = desk.try_password("rugao.test", "wrong")
    with desk.statements() as for_unknown:
        nobody = desk.try_password(unknown, "wrong")

    assert for_known == for_unknown
    assert desk.passwords.checked == 2
    assert type(wrong) is type(nobody) is SignInRefused
    assert wrong.detail == nobody.detail


def test_a_disabled_operator_is_refused_like_a_wrong_password_after_the_same_work(desk):
    account = desk.hire()
    desk.disable(account.login_name)
    desk.passwords = CountingHasher()

    assert isinstance(desk.try_password(account.login_name, account.password), SignInRefused)
    assert desk.passwords.checked == 1


def test_the_account_of_a_citizen_cannot_be_guessed_because_there_is_none(desk):
    desk.sign_in()

    assert isinstance(desk.try_password(PHONE, "anything"), SignInRefused)


@pytest.mark.parametrize("typed", ["rugao.test", "RUGAO.test", "  rugao.test"])
def test_after_five_wrong_passwords_the_right_one_is_refused_for_fifteen_minutes(desk, typed):
    account = desk.hire("rugao.test")
    for _ in range(5):
        assert isinstance(desk.try_password(typed, "wrong"), SignInRefused)

    locked = desk.try_password("rugao.test", account.password)
    desk.clock.advance(minutes=14, seconds=59)
    still_locked = desk.try_password("rugao.test", account.password)
    desk.clock.advance(seconds=1)

    assert (type(locked), locked.retry_after_s) == (TriesLimited, 15 * 60 + 1)
    assert isinstance(still_locked, TriesLimited)
    assert isinstance(desk.try_password("rugao.test", account.password), SignedIn)


def test_an_unknown_account_is_locked_like_a_known_one(desk):
    for _ in range(5):
        desk.try_password("nobody.here", "wrong")

    assert isinstance(desk.try_password("nobody.here", "wrong"), TriesLimited)


def test_slow_guessing_meets_the_lock_too_because_each_try_begins_the_wait_anew(desk):
    account = desk.hire()
    for _ in range(5):
        desk.try_password(account.login_name, "wrong")
        desk.clock.advance(minutes=10)

    assert isinstance(desk.try_password(account.login_name, account.password), TriesLimited)


def test_the_right_password_forgives_the_wrong_ones_before_it(desk):
    account = desk.hire()

    for _ in range(3):
        for _ in range(4):
            assert isinstance(desk.try_password(account.login_name, "wrong"), SignInRefused)
        assert isinstance(desk.try_password(account.login_name, account.password), SignedIn)


def test_of_twelve_wrong_passwords_at_once_five_are_judged(desk):
    account = desk.hire()

    with ThreadPoolExecutor(6) as threads:
        results = list(threads.map(lambda n: desk.try_password(account.login_name, f"wrong-{n}"), range(12)))

    assert sum(isinstance(result, SignInRefused) for result in results) == 5
    assert isinstance(desk.try_password(account.login_name, account.password), TriesLimited)


def test_a_try_that_was_not_judged_because_passwords_are_busy_is_not_counted(desk):
    account = desk.hire()
    desk.passwords = PasswordHasher(at_once=1, waiting=0, memory_kib=64)

    with desk.passwords._slot(), pytest.raises(PasswordsBusy):
        desk.try_password(account.login_name, account.password)

    assert desk.rows("SELECT * FROM guard_counter") == []


def test_an_account_is_added_once_and_only_at_a_centre_and_with_a_name_of_the_right_form(desk):
    desk.hire("rugao.test")

    with pytest.raises(LoginNameTaken):
        desk.hire("rugao.test")
    with pytest.raises(LoginNameInvalid):
        desk.hire("Rugao Test")
    with pytest.raises(CentreUnknown):
        desk.hire("other.test", centre_code="999999")
    assert desk.rows("SELECT count(*) FROM person") == [(1,)]
    assert desk.rows("SELECT count(*) FROM role_binding") == [(1,)]
