"""The shape of a position in a request."""

from __future__ import annotations

from marshmallow import fields

from backend.kernel.geography import CoordinateSystem
from mobile_api.fields import Degrees
from mobile_api.schema import RequestSchema


class LocationSchema(RequestSchema):
    """A position as the phone gave it."""

    longitude = Degrees(required=True, metadata={"example": 120.5734})
    latitude = Degrees(most=90, required=True, metadata={"example": 32.3708})
    system = fields.Enum(
        CoordinateSystem, by_value=True, required=True, metadata={"description": "坐标系；手机地图多为 GCJ-02"}
    )
