"""Tests of the search: each way of asking that citizens have, and what an answer promises."""

from __future__ import annotations

import pytest

from service_catalog.search import Synonyms
from tests.catalogue_titles import found, index, index_of, names_found, titles


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("电", "供电报装"),
        ("医保", "医保关系转移接续"),
        ("公积金提取租房", "租房提取住房公积金"),
        ("租房公积金", "租房提取住房公积金"),
        ("身份证补领", "居民身份证补领"),
        ("ETC 办理", "ETC办理"),
        ("ｅｔｃ", "ETC办理"),
        ("12345", "12345诉求提交"),
        ("《预防接种证》", "《预防接种证》办理"),
        ("駕駛證換證", "驾驶证期满换证"),
        ("我要补办身份证", "居民身份证补领"),
        ("残疾证在哪里办", "残疾人证办理"),
        ("请问结婚登记需要什么材料", "结婚登记预约"),
    ],
)
def test_a_title_is_found_by_words_of_it_in_any_order_width_and_script(query, title):
    assert title in names_found(query)


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("gjj", "住房公积金贷款申请"),
        ("GJJ", "住房公积金贷款申请"),
        ("gjjtq", "租房提取住房公积金"),
        ("jzz", "居住证办理"),
        ("sfzbl", "居民身份证补领"),
        ("gongjijin", "住房公积金贷款申请"),
        ("gong ji jin", "住房公积金贷款申请"),
        ("gongjij", "住房公积金贷款申请"),
        ("gongjjdk", "住房公积金贷款申请"),
        ("zufangtiqu", "租房提取住房公积金"),
        ("tiqugongjijin", "租房提取住房公积金"),
        ("lvshi", "律师查询"),
        ("gjj提取", "租房提取住房公积金"),
        ("公ji金", "住房公积金贷款申请"),
        ("jiazhao", "驾驶证期满换证"),
    ],
)
def test_a_title_is_found_by_initials_and_by_pinyin_also_unfinished_or_mixed_with_characters(query, title):
    assert title in names_found(query)


def test_initials_that_are_a_word_stand_before_initials_that_only_meet_by_chance():
    index_of_two = index_of(["交管家具", "提取公积金", "公积金贷款", "单位公积金"])

    hits = index_of_two.search("gjj", limit=5).hits

    assert [hit.place for hit in hits[:3]] == [1, 2, 3]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("公机金提取", "租房提取住房公积金"),
        ("公金提取", "租房提取住房公积金"),
        ("公积积金", "公积金贷款进度查询"),
        ("公金积", "公积金贷款进度查询"),
        ("社宝卡", "社保卡挂失解挂"),
        ("结昏登记", "结婚登记预约"),
        ("身分证", "居民身份证补领"),
        ("驾驶正", "驾驶证期满换证"),
        ("护找", "普通护照签发"),
        ("居住正办理", "居住证办理"),
    ],
)
def test_a_title_is_found_with_one_character_wrong_missing_added_or_swapped(query, title):
    assert title in names_found(query)


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("驾照丢了", "驾驶证遗失补证"),
        ("房本", "不动产权证补发"),
        ("给孩子上户口", "出生登记"),
        ("低保", "最低生活保障申请"),
        ("打官司没钱", "法律援助申请"),
        ("摆摊", "临时便民服务摊点设置"),
        ("我想开个饭店怎么办", "食品经营许可核发"),
        ("钓鱼证", "渔业捕捞许可审批"),
        ("KTV", "设立歌舞娱乐场所《娱乐经营许可证》核发"),
    ],
)
def test_a_title_is_found_by_what_people_call_it(query, title):
    assert title in names_found(query)


def test_a_keyword_leads_to_its_item_and_is_not_highlighted():
    small = index_of(["渡口航班查询", "户口变更"], keywords=[("汽渡",), ()], synonyms=Synonyms({}))

    (hit,) = small.search("汽渡", limit=5).hits

    assert (hit.place, hit.spans) == (0, ())


def test_only_allowed_places_are_found_and_as_many_as_there_is_room_for():
    everywhere = [hit.place for hit in index().search("登记", limit=2000).hits]
    allowed = frozenset(everywhere[10:60])

    answer = index().search("登记", limit=30, allowed=allowed)

    assert [hit.place for hit in answer.hits] == everywhere[10:40]


def test_a_title_that_holds_all_that_was_typed_stands_before_one_that_holds_rarer_pairs_of_it():
    names = names_found("食品经营许可")

    assert all("食品" in name for name in names[:8])
    assert names.index("药品经营许可") >= 8


def test_hits_of_one_score_stand_by_length_and_then_by_place():
    hits = found("登记", limit=2000).hits

    keys = [(-hit.score, len(titles()[hit.place]), hit.place) for hit in hits]
    assert keys == sorted(keys)
    assert len(hits) > 100


@pytest.mark.parametrize(
    ("query", "highlighted"),
    [
        ("公积金提取", "提取 公积金"),
        ("gongjijin", "公积金"),
        ("gjjtq", "提取 公积金"),
        ("公机金", "公积金"),
    ],
)
def test_what_matched_is_highlighted(query, highlighted):
    names = titles()
    place = names.index("死亡提取住房公积金")

    (hit,) = index().search(query, limit=1, allowed=[place]).hits

    assert " ".join(names[place][start:end] for start, end in hit.spans) == highlighted


@pytest.mark.parametrize("query", ["火星恐龙", "代孕", "算命", "火箭发射", "asdfqwerty", "zzzzzz", "囧"])
def test_when_nothing_fits_the_nearest_are_offered_and_said_to_be_so(query):
    answer = found(query)

    assert answer.is_nearest
    assert answer.hits


@pytest.mark.parametrize("query", ["", "   ", "？！", "👋"])
def test_a_query_without_a_word_finds_nothing(query):
    assert found(query).hits == ()


@pytest.mark.parametrize(
    ("query", "understood"),
    [
        ("我要补办身份证", "补办身份证"),
        ("怎么办", "怎么办"),
        ("请问户口怎么迁移呢", "户口 迁移"),
        ("gongjijin", "公积金"),
    ],
)
def test_an_answer_says_how_the_query_was_understood(query, understood):
    assert found(query).understood == understood


def test_titles_are_suggested_while_somebody_types():
    first, *_ = index().suggest("公交乘", limit=5)

    assert (first.text, first.spans, titles()[first.place]) == ("公交乘车码", ((0, 3),), "公交乘车码")


def test_nothing_is_suggested_for_what_is_not_understood():
    assert index().suggest("火星恐龙", limit=5) == ()
