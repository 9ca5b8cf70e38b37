"""Numbers that people read out: their check character finds every single mistake and every swap of neighbours."""

from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cases.numbering import COMPLAINT_PREFIX, compose_number, is_number

DAY = date(2026, 11, 25)
ALPHABET = string.digits + string.ascii_uppercase + "*"
SERIALS = st.integers(0, 2_000_000)


def check_character(body: str) -> str:
    """ISO 7064 MOD 37-2 by its definition: the sum of value times 2^position is 1 modulo 37."""
    total = sum(ALPHABET.index(character) * 2 ** (len(body) - place) for place, character in enumerate(body))
    return ALPHABET[(1 - total) % 37]


@given(SERIALS)
def test_a_number_is_prefix_day_serial_and_the_check_character_of_the_standard(serial):
    number = compose_number(COMPLAINT_PREFIX, DAY, serial)
    body = f"NT261125{serial % 1_000_000:06d}"

    if check_character(body) == "*":
        assert number is None
    else:
        assert number == body + check_character(body)


def test_one_serial_in_thirty_seven_is_left_out_because_nobody_can_say_an_asterisk():
    numbers = [compose_number(COMPLAINT_PREFIX, DAY, serial) for serial in range(37_000)]

    assert 900 <= numbers.count(None) <= 1_100
    assert len(set(numbers)) == 37_000 - numbers.count(None) + 1


@given(SERIALS, st.integers(0, 14), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(serial, place, wrong):
    number = compose_number(COMPLAINT_PREFIX, DAY, serial)
    if number is None or number[place] == wrong:
        return

    assert not is_number(number[:place] + wrong + number[place + 1 :], COMPLAINT_PREFIX)


@given(SERIALS, st.integers(0, 13))
def test_two_neighbours_swapped_are_always_found(serial, place):
    number = compose_number(COMPLAINT_PREFIX, DAY, serial)
    if number is None or number[place] == number[place + 1]:
        return
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    assert not is_number(swapped, COMPLAINT_PREFIX)


@pytest.mark.parametrize(
    "text", ["", "NT", "NT261125000001", "nt261125000001f", "NT261125000001F\n", "\x00", "AJ2611250000010"]
)
def test_what_is_no_complaint_number_is_told(text):
    assert not is_number(text, COMPLAINT_PREFIX)
