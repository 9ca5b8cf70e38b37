"""Tests of the committed tables that the search reads."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from tests.catalogue_titles import ITEMS, titles

DATA = ITEMS.parent


def rows_of(path: Path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_official_word_stands_in_a_title():
    line = "\n".join(titles()).lower()

    lost = [
        (row["everyday"], word)
        for row in rows_of(DATA / "synonyms.csv")
        for word in row["official"].split("|")
        if word.lower() not in line
    ]

    assert lost == []


def test_an_everyday_word_stands_once_in_the_table_and_is_an_object_or_an_act():
    rows = rows_of(DATA / "synonyms.csv")

    assert [word for word, count in Counter(row["everyday"] for row in rows).items() if count > 1] == []
    assert {row["kind"] for row in rows} == {"object", "act"}


def test_a_polite_word_is_no_everyday_word_and_stands_once():
    polite = [row["phrase"] for row in rows_of(DATA / "phrases.csv")]

    assert len(polite) == len(set(polite))
    assert set(polite).isdisjoint(row["everyday"] for row in rows_of(DATA / "synonyms.csv"))
