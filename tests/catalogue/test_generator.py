"""Tests of the sample catalogue against an oracle that reads the files by itself."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from service_catalog.sampling.generator import sample_feed
from service_catalog.sampling.sources import project_sources
from tests.catalogue.sample import FEED

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "service_catalog" / "data"
DIVISIONS = ROOT / "backend" / "organization" / "data" / "nantong_divisions.csv"


def read(path: Path) -> list[dict[str, str]]:
    """Read a file as the oracle does."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def sha(text: str) -> str:
    """Return a SHA-256 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture(scope="module")
def base() -> dict[str, dict[str, str]]:
    """The names, by name."""
    return {row["name"]: row for row in read(DATA / "service_items.csv")}


@pytest.fixture(scope="module")
def expected_codes(base) -> set[str]:
    """The identities that the data's rule asks for."""
    divisions = read(DIVISIONS)
    city = next(row["code"] for row in divisions if row["level"] == "city")
    counties = [row["code"] for row in divisions if row["level"] == "county"]
    assert len(counties) == 10
    codes, later = set(), []
    for name, row in base.items():
        key = f"NT-{sha(name)[:10]}"
        codes.add(f"{key}-{city}")
        for county in counties:
            if row["item_type_code"] == "20":
                codes.add(f"{key}-{county}")
            else:
                later.append((sha(key + county), f"{key}-{county}"))
    return codes | {code for _, code in sorted(later)[: max(0, 9_500 - len(codes))]}


def test_the_rows_are_those_that_the_rule_asks_for(expected_codes):
    assert {row.code for row in FEED.services} == expected_codes
    assert len(FEED.services) == len(expected_codes) >= 9_500


def test_a_second_making_gives_the_same_rows():
    assert sample_feed(project_sources()) == FEED


def test_each_row_keeps_name_type_audience_and_sub_app_of_its_source(base):
    for row in FEED.services:
        source = base[row.title]
        assert row.fields["task_type"] == source["item_type_code"]
        assert row.sub_app == source["sub_app"]
        assert (row.audience == "person") is (source["target"] == "自然人")
        assert row.origin == source["origin"]
        assert (row.origin_code or "") == source["source_item_code"]


def test_the_code_of_another_city_stands_nowhere_but_in_its_own_column(base):
    for row in FEED.services:
        code = base[row.title]["source_item_code"]
        shown = [row.code, *row.fields.values(), *(value for one in row.materials for value in one.values())]
        assert not code or code not in shown


def test_every_row_is_marked_as_a_sample_and_names_all_that_was_invented():
    for row in FEED.services:
        assert row.is_sample
        told = set(row.fields) - set(row.sample_fields)
        assert told == {"task_name", "task_type", "server_type"}
        assert {"materials", "fees", "faqs", "steps"} <= set(row.sample_fields)


def test_no_phone_of_a_sample_is_anybodys():
    for row in FEED.services:
        for name in ("consult_phone", "complain_phone"):
            assert str(row.fields[name]).startswith("0513-00000000")


def test_every_item_has_a_topic_of_its_own_audience_and_few_have_only_other():
    families = {row["code"]: row["kind"] for row in read(DATA / "topics.csv")}
    words = {"person": "自然人主题", "company": "法人主题"}
    topics = {row.title: (row.audience, row.topics) for row in FEED.services}

    for audience, codes in topics.values():
        assert words[audience] in [families[code] for code in codes]
    other = [title for title, (_, codes) in topics.items() if set(codes) & {"U30", "C34"} and len(codes) == 1]
    assert len(other) <= 100


def test_the_topic_words_name_topics_that_exist_once_each():
    words = read(DATA / "topic_keywords.csv")
    known = {row["code"] for row in read(DATA / "topics.csv")}

    assert {row["topic"] for row in words} <= known
    assert max(Counter((row["keyword"], row["topic"], row["found_in"]) for row in words).values()) == 1


def test_all_eighteen_sub_apps_have_services():
    by_app = defaultdict(set)
    for row in FEED.services:
        by_app[row.sub_app].add(row.title)

    assert {code: len(titles) for code, titles in by_app.items()} == {
        row["code"]: int(row["base_items"]) for row in read(DATA / "sub_apps.csv")
    }


def test_two_items_never_share_an_identity():
    titles = defaultdict(set)
    for row in FEED.services:
        titles[row.code].add(row.title)

    assert max(len(one) for one in titles.values()) == 1
