"""Properties of the search over any text: it never fails, it promises an order, and its share is the plain one."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_catalog.search import Synonyms
from tests.catalogue_titles import index, index_of, titles

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=100)
LIKE_QUERIES = st.lists(
    st.sampled_from([*"公积金提取租房身份证补办社保卡的了我要办gjjtqshenfezAＢ12 '，（侓囧龘㐀䶵𠀀"]), max_size=60
).map("".join)
OF_TITLES = st.tuples(st.sampled_from(titles()), st.integers(0, 20), st.integers(1, 12)).map(
    lambda drawn: drawn[0][drawn[1] : drawn[1] + drawn[2]]
)
WHOLLY_CHINESE = [title for title in titles() if re.fullmatch("[\u4e00-\u9fff]+", title)]
NO_TABLE = index_of(titles(), synonyms=Synonyms({}))


@given(query=ANY_TEXT | LIKE_QUERIES | OF_TITLES, limit=st.integers(0, 40))
def test_any_text_has_an_answer_within_the_limit_in_order_with_spans_inside_the_titles(query, limit):
    found = index().search(query, limit=limit)

    assert len(found.hits) <= limit
    assert [hit.place for hit in found.hits] == list(dict.fromkeys(hit.place for hit in found.hits))
    assert all(0 <= hit.score <= 1000 for hit in found.hits)
    for hit in found.hits:
        edges = [edge for span in hit.spans for edge in span]
        assert edges == sorted(set(edges))
        assert not edges or (edges[0] >= 0 and edges[-1] <= len(titles()[hit.place]))


@given(query=ANY_TEXT | LIKE_QUERIES | OF_TITLES)
def test_an_answer_is_the_beginning_of_any_longer_one_and_the_same_each_time(query):
    assert index().search(query, limit=7).hits == index().search(query, limit=30).hits[:7]


@given(query=LIKE_QUERIES | OF_TITLES, allowed=st.sets(st.integers(0, len(titles()) - 1), max_size=300))
def test_nothing_is_found_that_is_not_allowed(query, allowed):
    assert {hit.place for hit in index().search(query, limit=50, allowed=allowed).hits} <= allowed


@given(title=st.sampled_from(titles()))
def test_whoever_types_a_whole_title_finds_it_among_the_first(title):
    places = [hit.place for hit in index().search(title, limit=20).hits]

    assert titles().index(title) in places


@pytest.mark.parametrize("query", [*WHOLLY_CHINESE[::9], "公积金证补办", "养老医保", "户口护照", "租房提取公积金贷款"])
def test_the_score_is_the_share_of_the_known_pairs_each_by_its_rarity(query):
    """The oracle goes through all titles by hand; it knows nothing of lists, words or pinyin."""
    pairs = {one + other for one, other in pairwise(query)}
    holders = {pair: sum(pair in title for title in titles()) for pair in pairs}
    weights = {
        pair: max(10, min(50, round(10 * (1 + math.log(len(titles()) / count)))))
        for pair, count in holders.items()
        if count
    }
    shares = {
        place: 1000 * sum(weight for pair, weight in weights.items() if pair in title) // sum(weights.values())
        for place, title in enumerate(titles())
    }

    hits = NO_TABLE.search(query, limit=10).hits

    assert [hit.score for hit in hits] == [shares[hit.place] for hit in hits]
    assert [hit.score for hit in hits] == sorted(shares.values(), reverse=True)[: len(hits)]
