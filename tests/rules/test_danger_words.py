"""Tests of the words that tell of a danger: what they hear, what they pass over, and who decides the marks."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.organization.rules.categories import Urgency
from backend.organization.rules.danger import DangerWord, DangerWords, Marks, dangers_in, marks_of, sentences_of
from tests.real_city import CITY, ROWS

TODAY = date(2026, 11, 24)
WORDS = DangerWords(ROWS.danger_words)
STREET_LAMP = CITY.category("12345", "H030402", TODAY)
MANHOLE = CITY.category("12345", "H030404", TODAY)
GAS = CITY.category("12345", "H110301", TODAY)


def heard(*texts: str) -> list[str]:
    return [word.code for word in dangers_in(WORDS, texts, TODAY)]


def strongest(text: str) -> Urgency:
    return marks_of(STREET_LAMP, WORDS, [text], TODAY).urgency


@pytest.mark.parametrize(
    "text",
    [
        "小区楼道里燃气泄漏，味道很大",
        "闻到很浓的煤气味",
        "楼下饭店的液化气罐好像在漏",
        "有人触电了",
        "路灯杆漏电，狗被电死了",
        "一根高压线断了，垂到人行道上",
        "濠河边有人落水",
        "小孩掉进河里了",
        "楼顶有人要跳楼",
        "三楼着火了",
        "厂房起火，火势很大",
        "化工厂氨气泄漏，呛人",
        "我被困在电梯里",
        "电梯突然急速下降",
        "路面塌陷，一辆车掉下去了",
        "工地围墙倒塌",
        "邻居昏迷不醒，没有呼吸",
        "有人持刀闹事",
        "河堤出现管涌",
        "鞭炮厂爆炸",
        "食堂饭菜导致食物中毒",
    ],
)
def test_a_danger_to_life_is_heard(text):
    assert strongest(text) is Urgency.LIFE


@pytest.mark.parametrize(
    "text",
    [
        "人行道上的井盖不见了",
        "窨井盖被车压坏，边上没有围挡",
        "路口红绿灯不亮",
        "大树倒了压住电动车",
        "广告牌快要掉下来",
        "自来水发黄有异味",
        "小区里有人高空抛物",
        "消防通道被私家车堵住",
        "老人走失，家属很着急",
        "邻居家暴妻子",
        "楼道里冒烟",
    ],
)
def test_what_cannot_wait_is_heard(text):
    assert strongest(text) is Urgency.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "请帮我接触电梯维保单位",  # holds 触电
        "不要接触电动车电池",
        "老旧小区落水管破损",  # holds 落水
        "阳台落水口堵塞",
        "沿着火车站向东走",  # holds 着火
        "买不起火车票",  # holds 起火
        "一起火锅店噪音扰民",
        "商场跳楼价促销，涉嫌虚假宣传",
        "信息爆炸的时代",
        "安装漏电保护器需要什么手续",
        "加装电梯给低楼层住户带来困难",  # holds 困
        "一直被困扰，无法休息",
        "燃气公司泄露个人信息",
        "燃气费怎么缴",
        "咨询危房改造补贴",
        "救命恩人不留姓名，想送锦旗",
        "路灯不亮",
        "违停车辆太多",
        "井盖噪音扰民",
        "建议学校加强防溺水宣传",
        "宠物走失怎么登记",
    ],
)
def test_what_only_holds_the_letters_of_a_danger_is_passed_over(text):
    assert marks_of(STREET_LAMP, WORDS, [text], TODAY) == Marks(
        urgency=Urgency.NONE, urgency_rule=None, is_safety=False, safety_rule=None
    )


@pytest.mark.parametrize("text", ["没有触电危险", "不是燃气泄漏", "还没有着火", "现在没人落水了"])
def test_a_danger_that_is_denied_stays_flagged(text):
    assert strongest(text) is Urgency.LIFE


@pytest.mark.parametrize("text", ["落水管旁边有人落水", "安装了漏电保护器，墙面还是漏电", "火车站旁边着火了"])
def test_a_harmless_phrase_does_not_hide_the_danger_beside_it(text):
    assert strongest(text) is Urgency.LIFE


@pytest.mark.parametrize(
    "text",
    ["燃 气 泄 漏", "燃\n气泄漏".replace("\n", "\u200b"), "燃-气*泄.漏", "有人「触电」", "（触电）", "燃气，泄漏"],
)
def test_blanks_and_disguises_do_not_hide_a_danger(text):
    assert strongest(text) is Urgency.LIFE


def test_two_words_speak_of_one_thing_only_in_one_sentence_and_near_each_other():
    assert heard("燃气管道泄漏") == ["gas_leak"]
    assert heard("咨询燃气价格。水管泄漏") == []
    assert heard("燃气表是去年装的当时师傅说一切都好没有问题后来水泵泄漏") == []


def test_a_hazard_of_fire_is_a_matter_of_safety_and_not_a_fire():
    marks = marks_of(STREET_LAMP, WORDS, ["电动车进楼充电，有火灾隐患"], TODAY)

    assert (marks.urgency, marks.is_safety, marks.safety_rule) == (Urgency.NONE, True, "danger_word:fire_hazard")


def test_the_stronger_of_category_and_words_decides_and_is_named():
    lamp = marks_of(STREET_LAMP, WORDS, ["灯杆漏电"], TODAY)
    manhole = marks_of(MANHOLE, WORDS, ["有人掉进井里，被困"], TODAY)

    assert (lamp.urgency, lamp.urgency_rule) == (Urgency.LIFE, "danger_word:electric_leak")
    assert (lamp.is_safety, lamp.safety_rule) == (True, "danger_word:electric_leak")
    assert (manhole.urgency, manhole.urgency_rule) == (Urgency.LIFE, "danger_word:fall")
    assert manhole.safety_rule == "category:12345:2024:H030404"


def test_where_both_say_the_same_the_category_decides():
    marks = marks_of(GAS, WORDS, ["燃气泄漏"], TODAY)

    assert marks.urgency_rule == marks.safety_rule == "category:12345:2024:H110301"


def test_words_never_make_a_report_less_urgent():
    for leaf in ROWS.categories:
        marks = marks_of(leaf, WORDS, ["路灯不亮"], TODAY)
        assert (marks.urgency, marks.is_safety) == (leaf.urgency, leaf.is_safety)


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.code)
def test_every_word_of_a_rule_is_heard_and_no_exception_alone_is(word: DangerWord):
    beside = word.beside or ("",)
    for first in word.words:
        for second in beside:
            assert word.speaks_in(f"今天{first}{second}了") or word.speaks_in(f"今天{second}了{first}"), (first, second)
    for harmless in word.exceptions:
        assert not any(replace(word, beside=()).speaks_in(sentence) for sentence in sentences_of(harmless)), harmless


def test_every_exception_is_needed():
    """An exception that holds no word of its rule would be a mistake of the file."""
    for word in WORDS:
        for harmless in word.exceptions:
            assert any(part in harmless for part in (*word.words, *word.beside)), (word.code, harmless)


# Words, what stands beside them, harmless phrases and marks in any order: most of what the rules can meet.
pieces = st.sampled_from(
    [part for word in WORDS for part in (*word.words, *word.beside, *word.exceptions)] + list("，。！的了在 a1")
)


@given(st.lists(pieces, max_size=12).map("".join))
def test_no_rule_that_speaks_is_passed_over_at_first_sight(text):
    by_each_sentence = [word.code for word in WORDS if any(word.speaks_in(one) for one in sentences_of(text))]

    assert heard(text) == sorted(by_each_sentence)


def test_a_rule_is_asked_on_its_days_alone():
    word = DangerWord(
        id=uuid.UUID(int=1),
        code="test",
        words=("台风",),
        beside=(),
        exceptions=(),
        urgency=Urgency.URGENT,
        is_safety=False,
        reason="test",
        valid_from=date(2026, 7, 1),
        valid_to=date(2026, 8, 1),
    )

    days = [date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 31), date(2026, 8, 1)]

    assert [bool(dangers_in(DangerWords([word]), ["台风"], day)) for day in days] == [False, True, True, False]


def test_a_danger_to_life_is_always_a_matter_of_safety():
    assert all(word.is_safety for word in WORDS if word.urgency is Urgency.LIFE)


PIECES = [piece for rule in WORDS for piece in (*rule.words, *rule.beside, *rule.exceptions)]


@given(
    pieces=st.lists(st.sampled_from(PIECES) | st.sampled_from(["，", "。", "\n", "没有", "路灯", "Ａ"]), max_size=6),
    day=st.sampled_from([TODAY, date(1999, 1, 1)]),
)
def test_the_look_at_all_words_at_once_hides_no_rule(pieces, day):
    text = "".join(pieces)
    by_each = {
        rule.code
        for rule in WORDS
        if rule.holds_on(day) and any(rule.speaks_in(sentence) for sentence in sentences_of(text))
    }

    heard = [rule.code for rule in dangers_in(WORDS, [text], day)]

    assert (heard, set(heard)) == (sorted(heard), by_each)


def test_a_city_without_danger_words_hears_none():
    assert dangers_in(DangerWords(), ["天然气泄漏"], TODAY) == []
