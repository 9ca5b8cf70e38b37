"""Tests of phone numbers: one form for each, and nothing but mobile numbers of the mainland."""

from __future__ import annotations

import pytest

from backend.identity.errors import PhoneInvalid
from backend.identity.phones import mobile_number


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        "+8613812345678",
        "8613812345678",
        "008613812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 138 1234 5678",
        "１３８１２３４５６７８",
    ],
)
def test_however_a_number_is_typed_it_becomes_the_same_text(typed):
    assert mobile_number(typed) == "+8613812345678"


@pytest.mark.parametrize("prefix", ["130", "147", "159", "166", "173", "188", "191", "199"])
def test_the_prefixes_of_all_carriers_are_taken(prefix):
    assert mobile_number(f"{prefix}12345678") == f"+86{prefix}12345678"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12345",
        "1381234567",
        "138123456789",
        "12812345678",
        "051385098888",
        "4001234567",
        "110",
        "12345678901234567890",
        "+85291234567",
        "+12025550123",
        "13812345678;ext=12",
        "13812345678 转 12",
        "1381234abcd",
        "138123F0RYU",
        "电话 13812345678",
        "13812345678 or 13912345678",
        "tel:",
        "+",
        "\x00",
        "'; DROP TABLE person; --",
    ],
)
def test_what_is_no_mobile_number_of_the_mainland_is_refused(typed):
    with pytest.raises(PhoneInvalid):
        mobile_number(typed)


def test_a_refused_number_does_not_stand_in_its_refusal():
    with pytest.raises(PhoneInvalid) as refused:
        mobile_number("138123456789")

    assert "138" not in str(refused.value)
    assert refused.value.__cause__ is None
