"""Tests of passwords: argon2id with fixed costs, the same work for nobody, and a bound on how many at once."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from backend.infrastructure.passwords import PasswordHasher, PasswordsBusy

CHEAP_KIB = 64


def test_a_password_is_kept_as_argon2id_with_64_mib_and_three_rounds():
    kept = extract_parameters(PasswordHasher().hash("correct horse"))

    assert kept.type is Type.ID
    assert (kept.memory_cost, kept.time_cost, kept.parallelism) == (65_536, 3, 4)
    assert (kept.salt_len, kept.hash_len) == (16, 32)


def test_the_right_password_matches_and_no_other():
    passwords = PasswordHasher(memory_kib=CHEAP_KIB)
    kept = passwords.hash("correct horse")

    assert passwords.matches("correct horse", kept)
    assert not passwords.matches("Correct horse", kept)
    assert not passwords.matches("", kept)


def test_the_same_password_is_hashed_differently_every_time():
    passwords = PasswordHasher(memory_kib=CHEAP_KIB)

    assert passwords.hash("correct horse") != passwords.hash("correct horse")


def test_nobody_has_a_password_and_costs_the_work_of_somebody():
    passwords = PasswordHasher(memory_kib=CHEAP_KIB)
    real = extract_parameters(passwords.hash("correct horse"))

    assert not passwords.matches("correct horse", None)
    assert extract_parameters(passwords._nobody) == real


def test_a_damaged_hash_matches_nothing():
    assert not PasswordHasher(memory_kib=CHEAP_KIB).matches("correct horse", "$argon2id$rubbish")


def test_who_finds_the_queue_full_is_sent_away_at_once():
    passwords = PasswordHasher(at_once=1, waiting=0, wait_s=3600, memory_kib=CHEAP_KIB)

    with passwords._slot(), pytest.raises(PasswordsBusy) as refused:
        passwords.matches("correct horse", None)

    assert refused.value.retry_after_s
    assert passwords.hash("correct horse")


def test_who_waits_too_long_is_told_that_passwords_are_busy():
    passwords = PasswordHasher(at_once=1, waiting=1, wait_s=0.01, memory_kib=CHEAP_KIB)

    with passwords._slot(), pytest.raises(PasswordsBusy):
        passwords.hash("correct horse")
    assert passwords.hash("correct horse")
