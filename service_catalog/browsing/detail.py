"""One service with all its fields, materials, fees, questions and steps; codes come with their Chinese names."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import cache
from typing import cast

import orjson

from service_catalog.browsing.lines import Document, area_of, notice_of, topics_named, traits_of, version_of
from service_catalog.browsing.snapshot import Snapshot
from service_catalog.files import fields_of
from service_catalog.rules.feed import Fields, usual_own_fields
from service_catalog.rules.field_table import FieldGroup
from service_catalog.rules.vocabulary import CODED

_TOPIC_FIELDS = frozenset({"user_topic_type", "corp_topic_type"})


def service_document(snapshot: Snapshot, code: str) -> Document:
    """Return a service. Raises ServiceUnknown."""
    item, row = snapshot.service(code)
    body = zlib.decompressobj(zdict=snapshot.dictionary).decompress(row.content)
    # Written by the load from checked rows: their shape is known.
    content = cast("dict[str, list[dict[str, object]]]", orjson.loads(body))
    own = snapshot.unusual_own_fields.get(code)
    fields: dict[str, str | int | None] = {
        **cast("Fields", content["fields"]),
        **orjson.loads(row.place.fields),
        **(usual_own_fields(code) if own is None else orjson.loads(own)),
    }
    return {
        "version": version_of(snapshot),
        "code": code,
        "title": item.title,
        "area": area_of(row.area),
        "other_areas": [{"code": item.code(one), "area": area_of(one.area)} for one in item.rows if one is not row],
        **traits_of(snapshot, row),
        "notice": notice_of([row]),
        "sample_fields": [name for name in cast("list[str]", content["sample_fields"]) if name not in _unshown()],
        "basic": _group(snapshot, FieldGroup.BASIC, fields),
        "extend": _group(snapshot, FieldGroup.EXTEND, fields),
        "materials": _rows(snapshot, FieldGroup.MATERIAL, content["materials"]),
        "fees": _rows(snapshot, FieldGroup.FEE, content["fees"]),
        "faqs": _rows(snapshot, FieldGroup.FAQ, content["faqs"]),
        "steps": content["steps"],
    }


@cache
def _unshown() -> frozenset[str]:
    """Return the names of the fields that only the exchange of feeds has a use for."""
    return frozenset(spec.name for spec in fields_of(FieldGroup.SYNC))


def _rows(snapshot: Snapshot, group: FieldGroup, rows: list[dict[str, object]]) -> list[Document]:
    return [_group(snapshot, group, cast("Fields", row)) for row in rows]


def _group(snapshot: Snapshot, group: FieldGroup, fields: Fields) -> Document:
    return {spec.name: _shown(snapshot, spec.name, fields) for spec in fields_of(group)}


def _shown(snapshot: Snapshot, name: str, fields: Fields) -> object:
    value = fields.get(name)
    if value is None:
        return None
    if name in _TOPIC_FIELDS:
        return topics_named(snapshot, str(value).split(","))
    codes: Mapping[str, str] | None = CODED.get(name)
    if codes is None:
        return value
    return [{"code": code, "name": codes[code]} for code in str(value).split(",")]
