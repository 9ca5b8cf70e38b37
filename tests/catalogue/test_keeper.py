"""Tests of the snapshot of a process: which one is shown while loads, outages and bad rows come."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from backend.infrastructure.database import Database, DatabaseUnavailable
from service_catalog.browsing.answers import Answer, AnswerCache
from service_catalog.browsing.keeper import CatalogueKeeper
from service_catalog.errors import CatalogueNotLoaded
from tests.catalogue.loads import SMALL, load, without

TITLE = "社会保障卡密码重置"


def titles(keeper: CatalogueKeeper) -> set[str]:
    """Return what the process shows."""
    return {item.title for item in keeper.current().items}


def test_before_the_first_load_there_is_nothing_and_it_says_so(own_owner, keeper):
    with own_owner.transaction() as session:
        session.execute(text("TRUNCATE service, catalogue_version CASCADE"))

    assert keeper.refresh() is False
    with pytest.raises(CatalogueNotLoaded):
        keeper.current()


def test_a_load_is_taken_at_the_next_look_and_an_unchanged_catalogue_is_not_read_again(own_owner, keeper):
    assert keeper.refresh() is True
    first = keeper.current()
    assert keeper.refresh() is False
    assert keeper.current() is first

    load(own_owner, without(TITLE))

    assert TITLE in titles(keeper)  # not looked yet
    assert keeper.refresh() is True
    assert titles(keeper) == {row.title for row in SMALL.services} - {TITLE}
    assert keeper.current().number == first.number + 1


def test_a_renamed_area_is_taken_too(own_owner, keeper):
    keeper.refresh()

    with own_owner.transaction() as session:
        session.execute(text("UPDATE division SET name = '新如皋市' WHERE code = '320682'"))
        session.execute(text("UPDATE city_version SET version = gen_random_uuid()"))

    assert keeper.refresh() is True
    assert keeper.current().area_of["320682103"].name == "新如皋市"


def test_while_the_database_is_away_the_last_good_snapshot_stays(keeper, own_database):
    keeper.refresh()
    kept = keeper.current()
    away = CatalogueKeeper(Database("postgresql://nobody@127.0.0.1:1/nothing"))
    away._snapshot = kept

    with pytest.raises(DatabaseUnavailable):
        away.refresh()

    assert away.current() is kept


def test_a_keeper_that_finds_no_database_goes_on_looking_until_it_is_there(own_database, own_owner):
    # The serving role may not read yet: every look fails, as it does while the database is away.
    with own_owner.transaction() as session:
        session.execute(text("ALTER TABLE catalogue_version RENAME TO hidden"))
    keeper = CatalogueKeeper(own_database, look_every_s=0.01)
    keeper.watch()
    with pytest.raises(CatalogueNotLoaded):
        keeper.current()

    with own_owner.transaction() as session:
        session.execute(text("ALTER TABLE hidden RENAME TO catalogue_version"))

    try:
        assert keeper.taken.wait(30)
        assert TITLE in titles(keeper)
    finally:
        keeper.stop()


def test_who_reads_a_snapshot_keeps_it_whole_while_another_takes_its_place(own_owner, keeper):
    keeper.refresh()
    mine = keeper.current()

    load(own_owner, without(TITLE))
    keeper.refresh()

    assert mine is not keeper.current()
    code = next(row.code for row in SMALL.services if row.title == TITLE)
    assert mine.service(code)[0].title == TITLE


def test_two_looks_at_once_read_the_catalogue_once(own_database, keeper):
    found: list[bool] = []
    looks = [threading.Thread(target=lambda: found.append(keeper.refresh())) for _ in range(4)]
    for look in looks:
        look.start()
    for look in looks:
        look.join()

    assert sorted(found) == [False, False, False, True]


def test_answers_are_kept_up_to_a_number_and_a_size_the_oldest_going_first():
    few = AnswerCache(max_answers=3, max_bytes=1000)
    for name in "abcd":
        few.put(name, Answer.of(name.encode()))
    small = AnswerCache(max_answers=100, max_bytes=100)
    for name in "abcdefgh":
        small.put(name, Answer.of(name.encode() * 20))
    small.put("too large", Answer.of(b"x" * 30))

    assert [few.get(name) is not None for name in "abcd"] == [False, True, True, True]
    assert small.size == (5, 100)
    assert small.get("too large") is None
    assert small.get("h") is not None


def test_the_tag_of_an_answer_says_all_of_it():
    assert Answer.of(b"one").etag == Answer.of(b"one").etag != Answer.of(b"two").etag
