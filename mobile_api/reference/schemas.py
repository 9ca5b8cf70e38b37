"""The shapes of what apps choose from."""

from __future__ import annotations

from marshmallow import fields

from backend.kernel.due import LimitUnit
from backend.organization.rules.categories import HandlingLevel, Urgency
from backend.organization.rules.places import Level
from mobile_api.fields import Code, Text
from mobile_api.schema import RequestSchema, ResponseSchema


class DivisionQuery(RequestSchema):
    """Below which division."""

    parent = Code(
        "^[0-9A-Za-z]{1,12}$", max_length=12, load_default=None, metadata={"description": "上级区划代码；缺省为全市"}
    )


class CategoryQuery(RequestSchema):
    """Of which tree."""

    tree = Text(max_length=40, load_default="12345", metadata={"description": "类别体系", "example": "12345"})


class NamedDivisionSchema(ResponseSchema):
    """A division by code and name."""

    code = fields.String(required=True, metadata={"example": "320682"})
    name = fields.String(required=True, metadata={"example": "如皋市"})
    level = fields.Enum(Level, by_value=True, required=True)


class DivisionChoiceSchema(ResponseSchema):
    """A division that may be chosen."""

    code = fields.String(attribute="division.code", required=True)
    name = fields.String(attribute="division.name", required=True)
    level = fields.Enum(Level, by_value=True, attribute="division.level", required=True)
    unit_type = fields.String(
        attribute="division.unit_type", required=True, metadata={"description": "如 县级市、街道、社区"}
    )
    has_children = fields.Boolean(required=True, metadata={"description": "是否还有下级可选"})


class DivisionChoicesSchema(ResponseSchema):
    """What may be chosen below a division."""

    parent = fields.Nested(NamedDivisionSchema(), required=True)
    items = fields.List(fields.Nested(DivisionChoiceSchema()), required=True)


class LimitSchema(ResponseSchema):
    """A length of time."""

    value = fields.Integer(required=True)
    unit = fields.Enum(LimitUnit, by_value=True, required=True)


class CategoryChoiceSchema(ResponseSchema):
    """A leaf of a category tree."""

    code = fields.String(attribute="category.code", required=True, metadata={"example": "H030404"})
    version = fields.String(attribute="category.version", required=True)
    name = fields.String(attribute="category.name", required=True, metadata={"example": "无主井盖缺损"})
    level1 = fields.String(attribute="category.level1", required=True)
    level2 = fields.String(attribute="category.level2", required=True, allow_none=True)
    level3 = fields.String(attribute="category.level3", required=True, allow_none=True)
    kind = fields.String(attribute="category.kind", required=True)
    limit = fields.Nested(LimitSchema(), attribute="category.limit", required=True)
    limit_basis = fields.String(
        attribute="category.limit_basis", required=True, metadata={"description": "时限的依据；多为默认值"}
    )
    level_default = fields.Enum(HandlingLevel, by_value=True, attribute="category.level_default", required=True)
    unit_names = fields.List(fields.String(), required=True, metadata={"description": "首个为主办，其余为协办"})
    is_physical = fields.Boolean(
        attribute="category.is_physical", required=True, metadata={"description": "有实物：应附照片，没有时也可以提交"}
    )
    urgency = fields.Enum(Urgency, by_value=True, attribute="category.urgency", required=True)
    is_safety = fields.Boolean(
        attribute="category.is_safety", required=True, metadata={"description": "涉及安全：提交后不能撤销"}
    )


class CategoryChoicesSchema(ResponseSchema):
    """The leaves of a tree that hold today."""

    tree = fields.String(required=True)
    items = fields.List(fields.Nested(CategoryChoiceSchema()), required=True)


class RequestTypeSchema(ResponseSchema):
    """What a citizen may want."""

    code = fields.String(required=True, metadata={"example": "TS"})
    name = fields.String(required=True, metadata={"example": "投诉"})
    limit = fields.Nested(LimitSchema(), required=True)


class RequestTypesSchema(ResponseSchema):
    """All request types, the most frequent first."""

    items = fields.List(fields.Nested(RequestTypeSchema()), required=True)


class CentreSchema(ResponseSchema):
    """A command centre."""

    code = fields.String(attribute="centre.code", required=True, metadata={"example": "320682"})
    name = fields.String(attribute="centre.name", required=True)
    level = fields.Enum(Level, by_value=True, attribute="centre.level", required=True)
    division_code = fields.String(attribute="centre.division_code", required=True)
    parent_code = fields.String(required=True, allow_none=True)
    is_assumed = fields.Boolean(
        attribute="centre.is_assumed", required=True, metadata={"description": "推定设立，没有公布的名单"}
    )


class CentresSchema(ResponseSchema):
    """All command centres, each before those below it."""

    items = fields.List(fields.Nested(CentreSchema()), required=True)
