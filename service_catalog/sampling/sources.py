"""What the sample catalogue is made from: names of services, sub-apps, topics, and words that tell a topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from backend.organization.rules.places import Division, Level
from backend.organization.rules.sources.divisions import read_divisions
from backend.organization.rules.sources.lines import Line, SourceFile, lines_of
from backend.organization.use_cases.city_files import city_source
from service_catalog.files import project_file
from service_catalog.rules.feed import SubApp, Topic
from service_catalog.rules.vocabulary import ITEM_TYPES, Audience, Origin


class WordPlace(StrEnum):
    """Where a topic word is looked for. A department speaks only where no word of the title does."""

    TITLE = "title"
    DEPARTMENT = "dept"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseItem:
    """A name of a service with what its source tells."""

    title: str
    item_type: str
    department: str
    sub_app: str
    audience: Audience
    origin: Origin
    origin_code: str | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicWord:
    """A word that puts an item under a topic."""

    word: str
    topic: str
    found_in: WordPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """All of it. ``divisions`` are the city and its county-level areas, the city first."""

    items: Sequence[BaseItem]
    apps: Sequence[SubApp]
    topics: Sequence[Topic]
    words: Sequence[TopicWord]
    divisions: Sequence[Division]


# Whose topics a family holds; the "one thing" families of life events are for both.
_AUDIENCE_OF_KIND: Mapping[str, Audience] = MappingProxyType(
    {"自然人主题": Audience.PERSON, "法人主题": Audience.COMPANY}
)
_AUDIENCE_OF_TARGET: Mapping[str, Audience] = MappingProxyType({"自然人": Audience.PERSON, "法人": Audience.COMPANY})


def project_sources() -> Sources:
    """Return the project's own data. Raises SourceRefused with file and line."""
    divisions, _centres = read_divisions(city_source().divisions)
    return Sources(
        items=tuple(_item(line) for line in lines_of(project_file("service_items.csv"), _ITEM_COLUMNS)),
        apps=tuple(_app(line) for line in lines_of(project_file("sub_apps.csv"), _APP_COLUMNS)),
        topics=read_topics(project_file("topics.csv")),
        words=tuple(_word(line) for line in lines_of(project_file("topic_keywords.csv"), _WORD_COLUMNS)),
        divisions=tuple(one for one in divisions if one.level in (Level.CITY, Level.COUNTY)),
    )


def read_topics(file: SourceFile) -> tuple[Topic, ...]:
    """Return the topics in their order."""
    return tuple(
        Topic(
            code=line.text("code"),
            kind=line.text("kind"),
            name=line.text("name"),
            audience=_AUDIENCE_OF_KIND.get(line.text("kind")),
            source=line.text("source"),
        )
        for line in lines_of(file, ("kind", "code", "name", "source"))
    )


_ITEM_COLUMNS = (
    "name",
    "main_item",
    "item_type",
    "item_type_code",
    "dept",
    "sub_app",
    "target",
    "source_item_code",
    "origin",
    "source",
)
_APP_COLUMNS = ("code", "name", "dept", "status", "evidence", "base_items")
_WORD_COLUMNS = ("keyword", "topic", "found_in")


def _item(line: Line) -> BaseItem:
    target, item_type = line.text("target"), line.text("item_type_code")
    if target not in _AUDIENCE_OF_TARGET:
        raise line.refused(f"target 应为自然人或法人，不是 {target!r}")
    if item_type not in ITEM_TYPES:
        raise line.refused(f"item_type_code 没有代码 {item_type!r}")
    return BaseItem(
        title=line.text("name"),
        item_type=item_type,
        department=line.text("dept"),
        sub_app=line.text("sub_app"),
        audience=_AUDIENCE_OF_TARGET[target],
        origin=line.one_of("origin", Origin),
        origin_code=line.optional("source_item_code"),
        source=line.text("source"),
    )


def _app(line: Line) -> SubApp:
    return SubApp(
        code=line.text("code"),
        name=line.text("name"),
        department=line.text("dept"),
        is_supposed=line.text("status") != "sourced",
        evidence=line.optional("evidence"),
    )


def _word(line: Line) -> TopicWord:
    return TopicWord(word=line.text("keyword"), topic=line.text("topic"), found_in=line.one_of("found_in", WordPlace))
