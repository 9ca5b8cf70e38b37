"""P8 and P9: searching the catalogue without HTTP, beside a plain dictionary of bigrams over 9,500 titles.

`.venv/bin/python -m bench.catalogue_search` prints p50 and p99 over the committed queries, alternating, the medians of
their ratios, hit@20 by class, and what the index costs in build time and memory, in half a minute.
"""

from __future__ import annotations

import csv
import statistics
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from service_catalog.pinyin import pinyin_of
from service_catalog.search import Entry, SearchIndex, Synonyms

ROOT = Path(__file__).parents[1]
ITEMS = ROOT / "service_catalog" / "data" / "service_items.csv"
QUERIES = ROOT / "tests" / "catalogue" / "data" / "queries.csv"
SERVICES, AREAS, LIMIT, ROUNDS, REPEATS = 9_500, 11, 20, 7, 3


class Bigrams:
    """The reference: places by bigram in a dictionary, ranked by the share of the query's bigrams; nothing else."""

    def __init__(self, titles: Sequence[str]) -> None:
        """Read all titles."""
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, title in enumerate(titles):
            for bigram in {title[start : start + 2] for start in range(len(title) - 1)}:
                self._places[bigram].append(place)

    def search(self, query: str) -> list[int]:
        """Return the places that share most bigrams with the query."""
        counts: dict[int, int] = defaultdict(int)
        for bigram in {query[start : start + 2] for start in range(len(query) - 1)}:
            for place in self._places.get(bigram, ()):
                counts[place] += 1
        return sorted(counts, key=lambda place: (-counts[place], place))[:LIMIT]


def read_queries() -> list[str]:
    """Return the committed queries, as people type."""
    with QUERIES.open(encoding="utf-8", newline="") as lines:
        return [row["query"] for row in csv.DictReader(lines)]


def services(titles: Sequence[str]) -> list[str]:
    """Return 9,500 titles: each at up to eleven areas, as the catalogue is made."""
    return [title for title in titles for _ in range(AREAS)][:SERVICES]


def times_us(ask: Callable[[str], object], queries: Sequence[str]) -> list[float]:
    """Return the time of each query, the best of some repeats, in microseconds, ascending."""
    best = dict.fromkeys(queries, float("inf"))
    for _ in range(REPEATS):
        for query in queries:
            began = time.perf_counter_ns()
            ask(query)
            best[query] = min(best[query], (time.perf_counter_ns() - began) / 1000)
    return sorted(best.values())


def print_hits(index: SearchIndex, titles: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Print by class how many queries have an accepted title among the first twenty."""
    by_class: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        found = [titles[hit.place] for hit in index.search(row["query"], limit=LIMIT).hits]
        by_class[row["class"]].append(any(part in title for part in row["accepted"].split("|") for title in found))
    for name, hits in by_class.items():
        print(f"P9 {name:17} hit@{LIMIT} {sum(hits)}/{len(hits)} = {100 * sum(hits) / len(hits):5.1f} %")


def main() -> None:
    """Measure and print."""
    with ITEMS.open(encoding="utf-8-sig", newline="") as lines:
        titles = sorted({row["name"] for row in csv.DictReader(lines)})
    with QUERIES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    entries = [Entry(title, pinyin_of(title)) for title in titles]
    SearchIndex.build(entries[:10], Synonyms.load())  # the tables are read once a process
    tracemalloc.start()
    index = SearchIndex.build(entries, Synonyms.load())
    size, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    began = time.perf_counter()
    SearchIndex.build(entries, Synonyms.load())
    built_s = time.perf_counter() - began
    print(f"build {built_s:.2f} s for {len(titles)} titles, {size / 1e6:.1f} MB kept, {peak / 1e6:.1f} MB at most")
    plain = Bigrams(services(titles))
    queries = [row["query"] for row in rows]

    def ranked(query: str) -> object:
        return index.search(query, limit=LIMIT)

    def highlighted(query: str) -> object:
        return [hit.spans for hit in index.search(query, limit=LIMIT).hits]

    ratios: list[tuple[float, ...]] = []
    for number in range(1, ROUNDS + 1):
        sides = [times_us(ask, queries) for ask in (ranked, plain.search, highlighted, plain.search)]
        figures = [(side[len(side) // 2], side[int(len(side) * 0.99)]) for side in sides]
        (a50, a99), (b50, b99), (c50, c99), (_, d99) = figures
        ratios.append((a50 / b50, a99 / b99, c99 / d99))
        print(
            f"round {number}: p50 / p99 in us: search {a50:4.0f} / {a99:4.0f}, with highlights of {LIMIT} titles "
            f"{c50:4.0f} / {c99:4.0f}, bigrams {b50:4.0f} / {b99:4.0f}"
        )
    p50, p99, with_highlights = (statistics.median(each) for each in zip(*ratios, strict=True))
    print(f"P8 {SERVICES} services: median ratio of p99 {p99:.2f} (goal <= 1.2), of p50 {p50:.2f}")
    print(f"P8 with highlights, which bigrams do not have: median ratio of p99 {with_highlights:.2f}")
    print_hits(index, titles, rows)


if __name__ == "__main__":
    main()
