"""The rows that a feed becomes, as frozen values that can be compared with what is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

import orjson

from service_catalog.rules.feed import Feed, Fields, FieldValue, Service, Topic, item_key
from service_catalog.rules.field_table import FieldGroup, FieldSpec

ReadTitle = Callable[[str], tuple[str, ...]]

# What belongs to one row alone, and what rows of one office in one area share; the rest rows of an item share.
OWN_FIELDS = frozenset({"task_code", "task_handle_item"})
PLACE_FIELDS = frozenset(
    {
        "use_level",
        "dept_name",
        "dept_code",
        "entrust_name",
        "transact_addr",
        "link_way",
        "supervise_way",
        "consult_phone",
        "complain_phone",
        "administrative_review_dept",
        "administrative_litigation_dept",
        "town_code",
        "town_name",
        "village_code",
        "village_name",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRow:
    """A row of ``sub_app``."""

    code: str
    position: int
    name: str
    department: str
    is_supposed: bool
    evidence: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRow:
    """A row of ``service_topic``."""

    code: str
    position: int
    kind: str
    name: str
    audience: str | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """A row of ``service_item``."""

    key: str
    title: str
    syllables: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRow:
    """A row of ``service_content``."""

    digest: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """A row of ``service`` without its versions."""

    code: str
    item_key: str
    division_code: str
    sub_app: str
    audience: str
    item_type: str
    depth: int
    topics: list[str]
    origin: str
    source: str
    origin_code: str | None
    is_sample: bool
    place_fields: str
    own_fields: str
    sync_fields: str
    content_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRows:
    """All rows of a feed, by table."""

    apps: list[AppRow]
    topics: list[TopicRow]
    items: list[ItemRow]
    contents: list[ContentRow]
    services: list[ServiceRow]


def rows_of(feed: Feed, specs: Iterable[FieldSpec], read_title: ReadTitle) -> FeedRows:
    """Return the rows of a feed that keeps the rules. ``read_title`` gives the syllables of a title."""
    sync = frozenset(spec.name for spec in specs if spec.group is FieldGroup.SYNC)
    contents: dict[str, ContentRow] = {}
    services = []
    for service in feed.services:
        content = _content(service, sync)
        contents.setdefault(content.digest, content)
        services.append(_service(service, content.digest, sync))
    titles = {item_key(service.title): service.title for service in feed.services}
    return FeedRows(
        apps=[AppRow(position=place, **asdict(app)) for place, app in enumerate(feed.apps)],
        topics=[_topic(place, topic) for place, topic in enumerate(feed.topics)],
        items=[ItemRow(key=key, title=title, syllables=list(read_title(title))) for key, title in titles.items()],
        contents=list(contents.values()),
        services=services,
    )


def _topic(place: int, topic: Topic) -> TopicRow:
    audience = None if topic.audience is None else topic.audience.value
    return TopicRow(
        position=place, code=topic.code, kind=topic.kind, name=topic.name, audience=audience, source=topic.source
    )


def _service(service: Service, digest: str, sync: frozenset[str]) -> ServiceRow:
    return ServiceRow(
        code=service.code,
        item_key=item_key(service.title),
        division_code=service.division_code,
        sub_app=service.sub_app,
        audience=service.audience.value,
        item_type=service.text("task_type"),
        depth=int(service.text("online_handle_depth")),
        topics=list(service.topics),
        origin=service.origin.value,
        source=service.source,
        origin_code=service.origin_code,
        is_sample=service.is_sample,
        place_fields=_text(_some(service.fields, PLACE_FIELDS)),
        own_fields=_text(_some(service.fields, OWN_FIELDS)),
        sync_fields=_text(_some(service.fields, sync)),
        content_digest=digest,
    )


def _content(service: Service, sync: frozenset[str]) -> ContentRow:
    elsewhere = OWN_FIELDS | PLACE_FIELDS | sync
    body = _text(
        {
            "fields": {name: value for name, value in service.fields.items() if name not in elsewhere},
            "materials": service.materials,
            "fees": service.fees,
            "faqs": service.faqs,
            "steps": [asdict(step) for step in service.steps],
            "sample_fields": service.sample_fields,
        }
    )
    return ContentRow(digest=hashlib.sha256(body.encode()).hexdigest(), body=body)


def _some(fields: Fields, names: frozenset[str]) -> dict[str, FieldValue]:
    return {name: value for name, value in fields.items() if name in names}


def _text(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
