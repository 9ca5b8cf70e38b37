"""The sample catalogue, by rule: the same rows on every machine, every one marked as sample.

Public services stand at the city and at each county-level centre, power items at the city; then further power items
stand at county level in the order of SHA-256 of code and division, until there are at least ``least`` rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from types import MappingProxyType

from backend.organization.rules.places import Division, Level
from service_catalog.rules.feed import Feed, Service, item_key, service_code
from service_catalog.rules.vocabulary import PUBLIC_SERVICE
from service_catalog.sampling.invention import place_fields
from service_catalog.sampling.shared import Shared, shared_parts
from service_catalog.sampling.sources import BaseItem, Sources

LEAST_ROWS = 9_500
# What the sources tell; everything else in a row was invented.
TOLD = frozenset({"task_name", "task_type", "server_type"})
_PAPERS = ("materials", "fees", "faqs", "steps")


def sample_feed(sources: Sources, *, least: int = LEAST_ROWS) -> Feed:
    """Return the sample catalogue of the city, ordered by item and area."""
    maker = _Maker(sources)
    services = [maker.service(item, division) for item, division in sorted(_places(sources, least), key=_order)]
    return Feed(
        apps=tuple(sources.apps),
        topics=tuple(sources.topics),
        divisions=MappingProxyType({one.code: one.name for one in sources.divisions}),
        services=tuple(services),
    )


def _order(place: tuple[BaseItem, Division]) -> tuple[str, str, str]:
    item, division = place
    return item.sub_app, item_key(item.title), division.code


def _places(sources: Sources, least: int) -> Iterator[tuple[BaseItem, Division]]:
    """Yield where items stand."""
    count, later = 0, []
    for item in sources.items:
        for division in sources.divisions:
            if item.item_type == PUBLIC_SERVICE or division.level is Level.CITY:
                count += 1
                yield item, division
            else:
                later.append((_rank(item, division), item, division))
    later.sort(key=lambda one: one[0])
    for _, item, division in later[: max(0, least - count)]:
        yield item, division


def _rank(item: BaseItem, division: Division) -> str:
    # The code of an item, without an area: what all its rows share.
    code = f"NT-{item_key(item.title)}"
    return hashlib.sha256((code + division.code).encode()).hexdigest()


class _Maker:
    """Makes rows; what is the same wherever an item is offered is made once."""

    def __init__(self, sources: Sources) -> None:
        self._words = sources.words
        self._topics = {topic.code: topic for topic in sources.topics}
        self._shared: dict[str, Shared] = {}

    def service(self, item: BaseItem, division: Division) -> Service:
        """Return the row of an item in an area."""
        shared = self._shared.get(item.title)
        if shared is None:
            shared = self._shared[item.title] = shared_parts(item, self._words, self._topics)
        fields = {**shared.fields, **place_fields(item, division)}
        return Service(
            code=service_code(item.title, division.code),
            title=item.title,
            division_code=division.code,
            sub_app=item.sub_app,
            audience=item.audience,
            topics=shared.topics,
            origin=item.origin,
            source=item.source,
            origin_code=item.origin_code,
            is_sample=True,
            sample_fields=(*(name for name in fields if name not in TOLD), *_PAPERS),
            fields=fields,
            materials=shared.materials,
            fees=shared.fees,
            faqs=shared.faqs,
            steps=shared.handling.steps,
        )
