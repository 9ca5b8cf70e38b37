"""Which topics an item stands under: by the words of its title, else by its department, else "other"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from service_catalog.rules.feed import Topic
from service_catalog.rules.vocabulary import Audience
from service_catalog.sampling.sources import BaseItem, TopicWord, WordPlace

# 其他 of each family: where no word speaks.
CATCH_ALL: Mapping[Audience, str] = MappingProxyType({Audience.PERSON: "U30", Audience.COMPANY: "C34"})


def topics_of(item: BaseItem, words: Sequence[TopicWord], topics: Mapping[str, Topic]) -> tuple[str, ...]:
    """Return the topics of an item, in the order of the words; one at least is of its own audience."""
    in_title = [one.topic for one in words if one.found_in is WordPlace.TITLE and one.word in item.title]
    own = [code for code in in_title if topics[code].audience is item.audience]
    shared = [code for code in in_title if topics[code].audience is None]
    if not own:
        departments = [one for one in words if one.found_in is WordPlace.DEPARTMENT and one.word == item.department]
        own = [one.topic for one in departments if topics[one.topic].audience is item.audience]
    return tuple(dict.fromkeys([*(own or [CATCH_ALL[item.audience]]), *shared]))
