"""Whatever is tried, from wherever, and whatever Valkey forgets: no try beyond the fifth is taken (S5, S28)."""

from __future__ import annotations

import itertools
import re

import redis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.browser import Browser
from tests.http.tries_oracle import Subject, Waiting
from tests.totp import App

ADDRESSES = st.integers(1, 250).map(lambda n: f"198.51.100.{n}")
DEVICES = st.integers(1, 9).map(lambda n: f"device-of-tests-{n}")
PAUSES_S = st.sampled_from([1, 61, 299, 300, 840, 899, 900])
NEWEST, ANY = st.just(0), st.integers(0, 5)
BEGIN, CODE = st.just("begin"), st.just("code")
# Mostly guesses, close together: a sequence that never meets a limit proves nothing about it.
STEP = st.one_of(
    st.tuples(BEGIN, st.booleans(), ADDRESSES, DEVICES),
    st.tuples(BEGIN, st.just(True), ADDRESSES, DEVICES),
    st.tuples(CODE, st.just(False), ADDRESSES, NEWEST),
    st.tuples(CODE, st.just(False), ADDRESSES, ANY),
    st.tuples(CODE, st.booleans(), ADDRESSES, ANY),
    st.tuples(st.just("flush")),
    st.tuples(st.just("wait"), PAUSES_S),
)
STEPS = st.lists(STEP, min_size=25, max_size=40)
_numbers = itertools.count(1)
examples = settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    # A sequence that fails is shown as it is: to make it shorter would take minutes of a real database.
    phases=[Phase.generate],
    report_multiple_bugs=False,
)


class Attacker:
    """Somebody with many addresses and devices, who may know the right secrets."""

    def __init__(self, client, app_settings, clock) -> None:
        self.client, self.settings, self.clock = client, app_settings, clock
        self.subject = Subject()
        self.accepted = 0

    @property
    def now_s(self) -> float:
        return self.clock.now().timestamp()

    def at(self, address: str) -> Browser:
        return Browser(self.client, self.settings, address=address, clock=self.clock)

    def act(self, step) -> None:
        match step:
            case ("begin", is_right, address, device):
                self.begin(self.at(address), is_right, device)
            case ("code", is_right, address, place) if self.subject.waiting:
                # Place 0 is the newest: most of a guesser's codes go there.
                waiting = self.subject.waiting[-1 - place % len(self.subject.waiting)]
                self.code(self.at(address), waiting, is_right)
            case ("wait", pause_s):
                self.clock.advance(seconds=pause_s)
            case ("flush",):
                with redis.Redis.from_url(self.settings.redis_url) as valkey:
                    valkey.flushdb()

    def judged(self, answer, expected: int) -> None:
        assert answer.status_code == expected, (answer.json, self.subject)
        self.accepted += answer.status_code == 201
        if answer.status_code == 429:
            assert int(answer.headers["Retry-After"]) > 0


class OfOperator(Attacker):
    """Passwords and codes of one login name."""

    def __init__(self, client, app_settings, clock, desk) -> None:
        super().__init__(client, app_settings, clock)
        self.login = f"tried.{next(_numbers)}"
        self.password = desk.hire(self.login).password
        # Enrolled an hour ago: this is about the tries that follow.
        browser = self.at("203.0.113.7")
        browser.sign_in_operator(self.login, self.password)
        self.app: App = browser.apps[self.login]
        clock.advance(hours=1)

    def begin(self, browser: Browser, is_right: bool, device: str) -> None:
        answer = browser.post(
            "/api/v1/sessions/operator",
            {"login_name": self.login, "password": self.password if is_right else "wrong", "device_id": device},
        )
        expected = 201 if self.subject.counts(self.now_s) else 429
        assert answer.status_code == expected, (answer.json, self.subject)
        if expected == 201:
            asked = answer.json | {"device": device}
            self.subject.waiting.append(Waiting(born_at_s=self.now_s, is_good=is_right, answer=asked))

    def code(self, browser: Browser, waiting: Waiting, is_right: bool) -> None:
        # Each right code is a new one; a clock that stands still would spend them all.
        self.clock.advance(seconds=31)
        right = self.app.next_code(self.now_s)
        code = right if is_right else f"{(int(right) + 7) % 1_000_000:06}"
        answer = browser.try_factor(waiting.answer, code, id=waiting.answer["device"])
        is_prepaid = waiting.tries == 0
        self.judged(answer, self.subject.answer_to(waiting, is_right=is_right, now_s=self.now_s, is_prepaid=is_prepaid))


class OfCitizen(Attacker):
    """Codes of one phone. How many are sent is limited too, and not what this is about."""

    def __init__(self, client, app_settings, clock) -> None:
        super().__init__(client, app_settings, clock)
        self.phone = f"1390000{next(_numbers):04}"

    def begin(self, browser: Browser, is_right: bool, device: str) -> None:
        # One code a minute is sent: time that is spent on waiting for it.
        self.clock.advance(seconds=61)
        asked = browser.ask(self.phone, device_id=device)
        assert asked.status_code in {201, 429}
        if asked.status_code == 201:
            code = re.search(r"\d{6}", browser.code_of(self.phone))[0]
            self.subject.waiting.append(
                Waiting(born_at_s=self.now_s, is_good=is_right, answer=asked.json | {"code": code})
            )

    def code(self, browser: Browser, waiting: Waiting, is_right: bool) -> None:
        # A challenge that is no good is one whose code the guesser never sees.
        code, is_right = waiting.answer["code"], is_right and waiting.is_good
        code = code if is_right else f"{(int(code) + 7) % 1_000_000:06}"
        answer = browser.try_code(waiting.answer, code, self.phone)
        self.judged(answer, self.subject.answer_to(waiting, is_right=is_right, now_s=self.now_s, is_prepaid=False))


@examples
@given(steps=STEPS)
def test_passwords_and_codes_of_an_operator_are_taken_up_to_the_fifth_try_and_no_further(
    client, settings, clock, desk, steps
):
    attacker = OfOperator(client, settings, clock, desk)

    for step in steps:
        attacker.act(step)

    begun = desk.rows(f"SELECT count(*) FROM device_session s JOIN person p ON p.id = s.person_id"
                      f" WHERE p.login_name = '{attacker.login}'")  # fmt: skip
    assert begun == [(1 + attacker.accepted,)]


@examples
@given(steps=STEPS)
def test_codes_of_a_citizen_are_taken_up_to_the_fifth_try_and_no_further(client, settings, clock, desk, steps):
    attacker = OfCitizen(client, settings, clock)

    for step in steps:
        attacker.act(step)

    index = desk.sealer.blind_index(f"+86{attacker.phone}").hex()
    begun = desk.rows(f"SELECT count(*) FROM device_session s JOIN person p ON p.id = s.person_id"
                      f" WHERE p.phone_blind_index = '\\x{index}'")  # fmt: skip
    assert begun == [(attacker.accepted,)]
