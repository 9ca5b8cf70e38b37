"""The codes of authenticator apps: the vectors of RFC 6238, and what an app is told."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from backend.infrastructure import one_time_codes
from tests.totp import code_at

# RFC 6238, appendix B, the rows of SHA-1; six digits are the last six of its eight.
RFC_SECRET = b"12345678901234567890"
RFC_ROWS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("unix_s", "code"), RFC_ROWS)
def test_a_code_is_that_of_the_standard(unix_s, code):
    step = one_time_codes.step_at(datetime.fromtimestamp(unix_s, UTC))

    assert one_time_codes.code_at(RFC_SECRET, step) == code[-6:]


@pytest.mark.parametrize(("unix_s", "code"), RFC_ROWS)
def test_the_app_of_the_tests_is_that_of_the_standard_too(unix_s, code):
    assert code_at(base64.b32encode(RFC_SECRET).decode(), unix_s, digits=8) == code


def test_a_step_lasts_thirty_seconds():
    steps = [one_time_codes.step_at(datetime.fromtimestamp(unix_s, UTC)) for unix_s in (59, 59.999, 60, 89.9, 90)]

    assert steps == [1, 1, 2, 2, 3]


def test_a_code_is_found_among_the_steps_that_are_asked_for_and_in_no_other():
    assert one_time_codes.step_of(RFC_SECRET, "287082", among=range(3)) == 1
    assert one_time_codes.step_of(RFC_SECRET, "287082", among=range(2, 5)) is None


def test_an_app_is_told_secret_account_issuer_and_period():
    uri = urlsplit(one_time_codes.enrolment_uri(RFC_SECRET, "rugao.acceptor"))

    told = {name: values[0] for name, values in parse_qs(uri.query).items()}
    assert (uri.scheme, uri.netloc, unquote(uri.path)) == ("otpauth", "totp", "/南通百通:rugao.acceptor")
    assert base64.b32decode(told["secret"]) == RFC_SECRET
    assert (told["issuer"], told["period"], told["digits"]) == ("南通百通", "30", "6")


def test_a_secret_is_spelled_without_loss_and_has_160_bits():
    assert one_time_codes.read_secret(one_time_codes.spelled(RFC_SECRET)) == RFC_SECRET
    assert one_time_codes.SECRET_BYTES * 8 == 160
