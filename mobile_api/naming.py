"""Shapes that several resources share: a code with the name people read, and instants in UTC."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from marshmallow import fields

from mobile_api.schema import ResponseSchema


def instant(**options: Any) -> fields.AwareDateTime:
    """Return the field of an instant, shown in UTC."""
    return fields.AwareDateTime(required=True, default_timezone=UTC, **options)


def number_schema(prefix: str) -> dict[str, object]:
    """Return how the document describes a number that people read out, such as a case's."""
    return {"type": "string", "pattern": f"^{prefix}[0-9]{{12}}[0-9A-Z]$", "maxLength": 15}


class NamedSchema(ResponseSchema):
    """A code and its name."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class NamedCategorySchema(NamedSchema):
    """A category in its tree."""

    tree = fields.String(required=True)


class LocationShownSchema(ResponseSchema):
    """Where a case is, and how the position lies to the city's polygons."""

    longitude_wgs84 = fields.Float(required=True)
    latitude_wgs84 = fields.Float(required=True)
    finding = fields.String(required=True, allow_none=True)


class RejectionSchema(ResponseSchema):
    """Why a case was not accepted, and which other door there is."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    explanation = fields.String(required=True)
    other_door = fields.String(required=True)
