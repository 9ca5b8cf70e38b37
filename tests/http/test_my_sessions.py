"""Tests of my devices: what is listed, what signing out of one or of all ends, and how exactly it is counted."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

from tests.browser import OTHER_PHONE, PHONE, SESSIONS, Browser, assert_problem


def signed_in(browser: Browser, clock, *names: str, phone: str = PHONE) -> list[dict]:
    """Sign one person in on devices with these names, a minute after each other."""
    tokens = []
    for name in names:
        tokens.append(browser.sign_in(phone, name=name))
        clock.advance(seconds=61)
    return tokens


def names_of(answer) -> list[str]:
    return [item["device_name"] for item in answer.json["items"]]


def test_my_devices_are_listed_the_newest_first_with_their_names_and_the_one_that_asks(browser, clock):
    began_at = clock.now()
    phone, tablet = signed_in(browser, clock, "手机", "平板")
    signed_in(browser, clock, "别人的手机", phone=OTHER_PHONE)
    clock.advance(minutes=5)
    phone = browser.refresh(phone["refresh_token"]).json

    answer = browser.get(SESSIONS, phone)

    assert answer.status_code == 200
    newest, oldest = answer.json["items"]
    assert [newest["device_name"], oldest["device_name"]] == ["平板", "手机"]
    assert [newest["is_current"], oldest["is_current"]] == [False, True]
    assert [newest["id"], oldest["id"]] == [tablet["session_id"], phone["session_id"]]
    assert oldest["created_at"] == began_at.isoformat()
    assert oldest["last_seen_at"] == clock.now().isoformat()
    assert set(newest) == {"id", "device_name", "created_at", "last_seen_at", "expires_at", "is_current"}


def test_a_session_that_was_ended_or_left_unused_for_too_long_is_not_listed(browser, clock):
    left, ended, kept = signed_in(browser, clock, "旧手机", "平板", "手机")
    browser.delete(f"{SESSIONS}/{ended['session_id']}", kept)
    clock.advance(days=29)
    kept = browser.refresh(kept["refresh_token"]).json
    clock.advance(days=1)
    kept = browser.refresh(kept["refresh_token"]).json

    assert names_of(browser.get(SESSIONS, kept)) == ["手机"]
    assert_problem(browser.refresh(left["refresh_token"]), 401, "refresh-token-refused")


def test_signing_out_of_one_device_refuses_its_very_next_call_and_no_others(browser, clock):
    phone, tablet = signed_in(browser, clock, "手机", "平板")

    ended = browser.delete(f"{SESSIONS}/{tablet['session_id']}", phone)

    assert (ended.status_code, ended.data) == (204, b"")
    assert_problem(browser.me(tablet), 401, "session-ended")
    assert_problem(browser.refresh(tablet["refresh_token"]), 401, "refresh-token-refused")
    assert browser.me(phone).status_code == 200
    assert_problem(browser.delete(f"{SESSIONS}/{tablet['session_id']}", phone), 404, "session-not-found")


def test_a_session_of_somebody_else_is_as_none_at_all_and_goes_on(browser, clock):
    [mine] = signed_in(browser, clock, "手机")
    [other] = signed_in(browser, clock, "手机", phone=OTHER_PHONE)

    answers = [browser.delete(f"{SESSIONS}/{id_}", mine) for id_ in (other["session_id"], uuid.uuid4())]

    for answer in answers:
        assert_problem(answer, 404, "session-not-found")
    assert len({answer.content_length for answer in answers}) == 1
    assert browser.me(other).status_code == 200


def test_signing_out_everywhere_tells_how_many_and_ends_the_one_that_asks_too(browser, clock):
    tokens = signed_in(browser, clock, "手机", "平板", "电脑")
    [other] = signed_in(browser, clock, "手机", phone=OTHER_PHONE)
    browser.sign_out(tokens[0])

    answer = browser.delete(SESSIONS, tokens[1])

    assert (answer.status_code, answer.json) == (200, {"ended": 2})
    for one in tokens:
        assert_problem(browser.me(one), 401, "session-ended")
    assert browser.me(other).status_code == 200


def test_signing_out_everywhere_else_keeps_the_one_that_asks(browser, clock):
    *others, current = signed_in(browser, clock, "手机", "平板", "电脑")

    answers = [browser.delete(f"{SESSIONS}?keep_current=true", current) for _ in range(2)]

    assert [answer.json for answer in answers] == [{"ended": 2}, {"ended": 0}]
    for one in others:
        assert_problem(browser.me(one), 401, "session-ended")
    assert names_of(browser.get(SESSIONS, current)) == ["电脑"]


def test_what_was_left_unused_too_long_is_not_counted_as_ended(browser, clock):
    _, current = signed_in(browser, clock, "旧手机", "手机")
    clock.advance(days=29)
    current = browser.refresh(current["refresh_token"]).json
    clock.advance(days=2)
    current = browser.refresh(current["refresh_token"]).json

    assert browser.delete(SESSIONS, current).json == {"ended": 1}


def test_of_calls_at_once_each_counts_what_it_ended_itself(app, settings, browser, clock):
    tokens = signed_in(browser, clock, *(f"设备{n}" for n in range(5)))

    def end_all(own: dict) -> int:
        answer = Browser(app.test_client(), settings).delete(SESSIONS, own)
        return answer.json["ended"] if answer.status_code == 200 else 0

    with ThreadPoolExecutor(5) as threads:
        counts = list(threads.map(end_all, tokens))

    assert sum(counts) == 5
    assert_problem(browser.get(SESSIONS, tokens[0]), 401, "session-ended")


def test_which_sessions_to_keep_must_be_a_truth_value(browser, clock):
    [current] = signed_in(browser, clock, "手机")

    for query in ("keep_current=perhaps", "keep_currant=true"):
        assert_problem(browser.delete(f"{SESSIONS}?{query}", current), 422, "validation-failed")
    assert browser.me(current).status_code == 200
