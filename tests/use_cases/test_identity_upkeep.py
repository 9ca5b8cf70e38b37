"""Tests of the upkeep of sign-in: what is over goes, what still guards somebody stays."""

from __future__ import annotations

from backend.identity.errors import RefreshRefused
from backend.identity.use_cases.sessions import SignedIn
from backend.identity.use_cases.upkeep import prune_sign_in
from tests.sign_in_desk import OTHER_PHONE, SignInDesk, wrong_code


def prune(desk: SignInDesk) -> bool:
    return desk.within(lambda s: prune_sign_in(s, now=desk.clock.now()))


def count(desk: SignInDesk, table: str) -> int:
    return desk.rows(f"SELECT count(*) FROM {table}")[0][0]


def test_what_is_over_is_removed(desk):
    desk.sign_in()
    desk.clock.advance(days=38)

    more = prune(desk)

    assert not more
    assert [count(desk, table) for table in ("sign_in_code", "guard_counter", "refresh_token")] == [0, 0, 0]
    assert count(desk, "person") == 1


def test_what_still_guards_somebody_is_kept(desk):
    signed_in = desk.sign_in()
    desk.refresh(signed_in.refresh_token)
    issued = desk.ask(OTHER_PHONE)
    for step in range(1, 6):
        desk.try_code(issued, wrong_code(issued, step))
    desk.clock.advance(minutes=4)

    prune(desk)

    assert not isinstance(desk.try_code(issued), SignedIn)
    assert isinstance(desk.refresh(signed_in.refresh_token), RefreshRefused)
    assert desk.rows("SELECT end_reason FROM device_session") == [("token_reused",)]
    assert desk.rows("SELECT count FROM guard_counter WHERE guard = 'try_phone' AND count > 0") == [(5,)]


def test_a_great_heap_is_removed_in_batches(desk, owner_database):
    with owner_database.transaction() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO guard_counter SELECT 'send_phone_day', sha256(n::text::bytea), 1, '2026-01-01+00'"
            " FROM generate_series(1, 2500) n"
        )

    rounds = 0
    while prune(desk):
        rounds += 1

    assert (rounds, count(desk, "guard_counter")) == (2, 0)
