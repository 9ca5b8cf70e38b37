"""Tests of masking: enough to know one's own again, too little to use."""

from __future__ import annotations

import pytest

from backend.identity.rules import masked_identity_number, masked_name, masked_phone, masked_text


def test_a_phone_shows_its_first_three_and_last_four_digits():
    assert masked_phone("+8613812345678") == "138****5678"


@pytest.mark.parametrize(
    ("name", "masked"), [("张三", "张*"), ("欧阳修文", "欧*"), ("李", "李*"), ("Ada Lovelace", "A*")]
)
def test_a_name_shows_its_first_character_and_not_its_length(name, masked):
    assert masked_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("32068219900101123X", "3206**********123X"), ("320682900101123", "3206*******1123")],
)
def test_an_identity_number_hides_county_birthday_and_sex(number, masked):
    assert masked_identity_number(number) == masked
    assert len(masked) == len(number)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("路灯不亮", "路灯不亮"),
        ("电话13812345678，谢谢", "电话138****5678，谢谢"),
        ("32068219900101123X", "3206**********123X"),
        ("编号 138123456789 和 20261125", "编号 138123456789 和 20261125"),
    ],
)
def test_numbers_of_people_within_a_text_are_masked_and_other_numbers_stay(text, masked):
    assert masked_text(text) == masked
