"""Tests of the readings: made at load by the dictionaries, and carried into a web worker as a committed table only."""

from __future__ import annotations

import subprocess
import sys

import pytest

from service_catalog.pinyin import pinyin_of
from service_catalog.search.tables import readings, simplified
from tests.catalogue_titles import titles


@pytest.mark.parametrize(
    ("title", "syllables"),
    [
        ("银行行洪", "yin hang xing hong"),
        ("重庆重大重建", "chong qing zhong da chong jian"),
        ("参保人员", "can bao ren yuan"),
        ("长期护理", "chang qi hu li"),
        ("河长公示", "he zhang gong shi"),
        ("人民调解", "ren min tiao jie"),
        ("调档调运", "diao dang diao yun"),
        ("会计社会", "kuai ji she hui"),
        ("还款计划", "huan kuan ji hua"),
        ("文件的确认", "wen jian de que ren"),
        ("预付卡发卡企业", "yu fu ka fa ka qi ye"),
        ("校验学校", "jiao yan xue xiao"),
        ("子女率", "zi nv lv"),
        ("ETC（办）", "e t c （ ban ）"),
    ],
)
def test_a_title_is_read_as_people_read_it_one_syllable_a_character(title, syllables):
    assert pinyin_of(title) == tuple(syllables.split())


def test_every_title_has_as_many_syllables_as_characters():
    assert [title for title in titles() if len(pinyin_of(title)) != len(title)] == []


def test_the_committed_readings_are_those_of_the_dictionaries():
    assert len(readings()) == 6763
    assert {one: syllable for one, syllable in readings().items() if pinyin_of(one) != (syllable,)} == {}


def test_no_character_of_the_traditional_table_stands_in_a_title():
    assert set(map(chr, simplified())).isdisjoint("".join(titles()))


def test_the_search_alone_imports_no_dictionary():
    program = "import sys, service_catalog.search; print('pypinyin' in sys.modules)"

    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert printed.strip() == "False"
