"""The shapes of grid cells and of what they propose."""

from __future__ import annotations

import json
from typing import Any

from marshmallow import fields

from backend.kernel.geography import Finding
from backend.organization.queries.grid import ListedCell
from mobile_api.fields import Code
from mobile_api.naming import LocationShownSchema, NamedCategorySchema, NamedSchema, instant
from mobile_api.pagination import PageQuery
from mobile_api.schema import ResponseSchema

ADVICE = "仅供参考：以所选镇街、村居为准。"


# Any: the JSON of a geometry, whose shape RFC 7946 defines.
def _geometry(listed: ListedCell) -> Any:
    return None if listed.cell.geometry is None else json.loads(listed.cell.geometry)


class CellQuery(PageQuery):
    """Of which division."""

    division = Code(
        "^[0-9A-Za-z]{1,12}$",
        max_length=12,
        required=True,
        metadata={"description": "区划代码：市、县、镇或村居", "example": "320682103"},
    )


class CellSchema(ResponseSchema):
    """A grid cell."""

    code = fields.String(attribute="cell.code", required=True, metadata={"example": "320682103201-S1"})
    name = fields.String(attribute="cell.name", required=True)
    division = fields.Nested(NamedSchema(), required=True, metadata={"description": "所属村居；无村居的镇街为镇街"})
    is_sample = fields.Boolean(
        attribute="cell.is_sample", required=True, metadata={"description": "示例网格，非实际网格：展示时须注明"}
    )
    source = fields.String(attribute="cell.source", required=True)


class DrawnCellSchema(CellSchema):
    """A grid cell with its polygon."""

    geometry = fields.Function(
        _geometry,
        required=True,
        metadata={
            "type": ["object", "null"],
            "description": "GeoJSON（WGS-84）；没有边界的园区为 null",
        },
    )


class CellPageSchema(ResponseSchema):
    """A page of cells, by code."""

    items = fields.List(fields.Nested(DrawnCellSchema()), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class PositionShownSchema(ResponseSchema):
    """A position in WGS-84 degrees."""

    longitude = fields.Float(required=True)
    latitude = fields.Float(required=True)


class ProposalSchema(ResponseSchema):
    """What the polygons propose for a position."""

    position_wgs84 = fields.Nested(PositionShownSchema(), required=True)
    finding = fields.Enum(
        Finding,
        by_value=True,
        required=True,
        metadata={
            "description": "inside 界内；within_tolerance 误差内；near 附近（园区与围垦区，可提交）；outside 市外"
        },
    )
    distance_m = fields.Integer(required=True, allow_none=True, metadata={"description": "到最近县级边界的距离"})
    tolerance_m = fields.Integer(required=True, metadata={"description": "边界数据的误差"})
    county = fields.Nested(NamedSchema(), required=True, allow_none=True)
    cell = fields.Nested(CellSchema(), required=True, allow_none=True)
    boundary_sources = fields.List(fields.String(), required=True, metadata={"description": "边界来源：展示时须注明"})
    advice = fields.Constant(ADVICE, required=True, metadata={"type": "string"})


class VerificationLineSchema(ResponseSchema):
    """A case to be verified on the spot."""

    id = fields.UUID(required=True)
    case_number = fields.String(required=True, metadata={"example": "AJ261125000042P"})
    version = fields.Integer(required=True, metadata={"description": "提交核查结果时的 If-Match 版本"})
    round = fields.Integer(required=True)
    title = fields.String(required=True, allow_none=True)
    category = fields.Nested(NamedCategorySchema(), required=True)
    urgency = fields.String(required=True, metadata={"description": "none 一般、urgent 紧急、life 危及生命"})
    location = fields.Nested(LocationShownSchema(), required=True, allow_none=True)
    geofence_m = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "距该位置不超过此距离（加手机定位误差）核查，结果直接有效；没有位置时为 null"},
    )
    due_at = instant()
    is_overdue = fields.Boolean(required=True)


class VerificationPageSchema(ResponseSchema):
    """A page of what one is to verify, nearest deadline first."""

    items = fields.List(fields.Nested(VerificationLineSchema()), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
