"""The parts that several answers have in common: names beside codes, and the line of an item in a list."""

from __future__ import annotations

from collections.abc import Sequence

from service_catalog.browsing.snapshot import Area, Item, Row, Snapshot
from service_catalog.rules.vocabulary import AUDIENCE_NAMES, DEPTHS, ITEM_TYPES, ORIGIN_NAMES, Audience, Origin

Document = dict[str, object]

SAMPLE_NOTICE = "示例数据：不是南通市公布的办事指南，请勿据此办事。"
SUPPOSED_NOTICE = "名称为推定，南通市未公布。"


def version_of(snapshot: Snapshot) -> Document:
    """Return which catalogue an answer was made from."""
    return {"number": snapshot.number, "loaded_at": snapshot.loaded_at}


def area_of(area: Area) -> Document:
    """Return an area by code and name."""
    return {"code": area.code, "name": area.name, "level": area.level}


def app_named(snapshot: Snapshot, code: str) -> Document:
    """Return a sub-app by code and name."""
    return {"code": code, "name": snapshot.apps[code].name}


def topics_named(snapshot: Snapshot, codes: Sequence[str]) -> list[Document]:
    """Return topics by code and name."""
    return [{"code": code, "name": snapshot.topics[code].name} for code in codes]


def audience_named(code: str) -> Document:
    """Return an audience by code and name."""
    return {"code": code, "name": AUDIENCE_NAMES[Audience(code)]}


def traits_of(snapshot: Snapshot, row: Row) -> Document:
    """Return what a service is, with Chinese names."""
    traits = row.traits
    return {
        "app": app_named(snapshot, traits.app),
        "item_type": {"code": traits.item_type, "name": ITEM_TYPES[traits.item_type]},
        "audience": audience_named(traits.audience),
        "depth": {"level": traits.depth, "name": DEPTHS[str(traits.depth)]},
        "topics": topics_named(snapshot, traits.topics),
        "department": row.place.department,
        "is_sample": traits.is_sample,
        "origin": {"code": traits.origin, "name": ORIGIN_NAMES[Origin(traits.origin)]},
    }


def line_of(snapshot: Snapshot, item: Item, row: Row, spans: Sequence[tuple[int, int]] = ()) -> Document:
    """Return an item in a list: the row that is shown, and the codes of all areas that offer it."""
    return {
        "code": item.code(row),
        "title": item.title,
        "spans": spans,
        "area": area_of(row.area),
        "area_codes": [one.area.code for one in item.rows],
        **traits_of(snapshot, row),
    }


def notice_of(rows: Sequence[Row]) -> str | None:
    """Return what people must be told of these rows."""
    return SAMPLE_NOTICE if any(row.traits.is_sample for row in rows) else None
