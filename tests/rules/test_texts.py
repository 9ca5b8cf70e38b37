"""Tests of which characters a text may hold, against a table that is written out by code points."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel import texts
from backend.kernel.texts import Oddity, OddText, kept_text
from tests.odd_characters import REFUSED, TAKEN


@pytest.mark.parametrize("odd", REFUSED, ids=str)
def test_a_text_with_a_character_of_this_class_is_refused_wherever_it_stands(odd):
    for example in odd.examples:
        for text in (f"井{example}盖", f"{example}盖", f"井{example}", f"第一行\n{example}盖"):
            with pytest.raises(OddText):
                kept_text(text, multiline=True)


@pytest.mark.parametrize("odd", TAKEN, ids=str)
def test_a_text_of_this_class_is_kept_as_it_was_written(odd):
    for example in odd.examples:
        kept = kept_text(f" 井{example}盖\u3000", multiline=False)

        assert kept == unicodedata.normalize("NFC", f"井{example}盖")


def test_every_character_that_is_taken_at_a_glance_is_one_that_people_see_and_that_nfc_leaves_alone():
    glanced = [character for character in map(chr, range(0x110000)) if texts._PLAIN.fullmatch(character)]

    assert len(glanced) > 21_000
    assert {unicodedata.category(character)[0] for character in glanced} <= set("LNPSZ")
    assert {character for character in glanced if unicodedata.category(character).startswith("Z")} == {" "}
    assert all(unicodedata.normalize("NFC", f"井{character}盖") == f"井{character}盖" for character in glanced)


def test_a_refusal_names_what_is_wrong_in_chinese_with_its_code_point():
    with pytest.raises(OddText, match=r"含有改变书写方向的字符（U\+202E），请改正后再提交。"):
        kept_text("井\u202e盖", multiline=False)


@pytest.mark.parametrize("character", ["\n", "\r", "\t"])
def test_line_breaks_and_tabs_are_taken_where_lines_are_and_refused_where_one_line_is(character):
    assert kept_text(f"一{character}二", multiline=True) == f"一{character}二"

    with pytest.raises(OddText):
        kept_text(f"一{character}二", multiline=False)


def test_a_mark_without_a_letter_is_refused_and_one_after_a_space_is_taken():
    with pytest.raises(OddText):
        kept_text(" \u0301井", multiline=False)

    assert kept_text("井 \u0301", multiline=False) == "井 \u0301"


def test_eight_marks_on_one_letter_are_taken_and_nine_are_not():
    assert len(kept_text("q" + "\u0323" * 8, multiline=False)) == 9

    with pytest.raises(OddText) as refusal:
        kept_text("q" + "\u0323" * 9, multiline=False)
    assert refusal.value.oddity is Oddity.MARK_FLOOD


def test_marks_are_composed_and_compatibility_forms_are_left_alone():
    assert kept_text("e\u0301 ﬁ Ａ ㎡", multiline=False) == "é ﬁ Ａ ㎡"


@given(st.text(max_size=40))
def test_what_was_kept_once_is_kept_unchanged_again(text):
    try:
        kept = kept_text(text, multiline=True)
    except OddText:
        return

    assert kept_text(kept, multiline=True) == kept


@given(st.text(st.sampled_from("a井\u0301\u0323\u200d\u200c\ufe0f\U000e0100\U0001f468❤ \n"), max_size=12))
def test_no_taken_text_differs_from_another_only_by_what_nobody_sees(text):
    """Joiners and selectors are few and in their place: at most one after each character that is seen."""
    try:
        kept = kept_text(text, multiline=True)
    except OddText:
        return

    hidden = [character for character in kept if character in "\u200d\u200c\ufe0f\U000e0100"]
    seen = [character for character in kept if character in "井❤\U0001f468"]
    assert len(hidden) <= 2 * len(seen)


def test_a_flood_of_odd_text_is_looked_at_once_a_character(monkeypatch):
    """Counted, not timed: the costly question is asked once for each distinct character and once for each place."""
    asked = 0
    real = unicodedata.category

    class Counting:
        """The tables, counting."""

        normalize = staticmethod(unicodedata.normalize)

        @staticmethod
        def category(character: str) -> str:
            nonlocal asked
            asked += 1
            return real(character)

    monkeypatch.setattr(texts, "unicodedata", Counting)
    text = ("井\u0301" * 4 + "x") * 900

    kept_text(text, multiline=True)

    assert asked <= len(text) + 2 * len(set(text))
