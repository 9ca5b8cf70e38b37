"""What is the same in all rows of a sample item, wherever it is offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service_catalog.rules.feed import Fields, Topic
from service_catalog.sampling.handling import Handling, handling_of
from service_catalog.sampling.invention import invented_fields
from service_catalog.sampling.papers import faqs_of, fees_of, materials_of
from service_catalog.sampling.sources import BaseItem, TopicWord
from service_catalog.sampling.topics import topics_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The parts of an item that no area changes."""

    handling: Handling
    topics: tuple[str, ...]
    fields: Fields
    materials: tuple[Fields, ...]
    fees: tuple[Fields, ...]
    faqs: tuple[Fields, ...]


def shared_parts(item: BaseItem, words: Sequence[TopicWord], topics: Mapping[str, Topic]) -> Shared:
    """Invent them."""
    handling, codes = handling_of(item), topics_of(item, words, topics)
    return Shared(
        handling=handling,
        topics=codes,
        fields=invented_fields(item, handling, codes, topics),
        materials=materials_of(item, handling),
        fees=fees_of(handling),
        faqs=faqs_of(item, handling),
    )
