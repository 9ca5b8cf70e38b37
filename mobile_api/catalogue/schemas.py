"""The shapes of the catalogue's answers. The bytes come from memory; a test shows that they keep these shapes."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from backend.organization.rules.places import Level
from mobile_api.schema import ResponseSchema
from service_catalog.files import fields_of
from service_catalog.rules.field_table import FieldGroup, FieldSpec
from service_catalog.rules.vocabulary import CODED, WHOLLY_ONLINE

_SAMPLE = {"description": "示例数据：不是南通市公布的内容，界面上应当显示"}
_NOTICE = {"description": "应当原样显示给用户的提示；没有时为空"}


class CatalogueVersionSchema(ResponseSchema):
    """Which load an answer was made from."""

    number = fields.Integer(required=True, metadata={"description": "目录版本号，每次有变化的加载加一"})
    loaded_at = fields.AwareDateTime(required=True)


class CodeNameSchema(ResponseSchema):
    """A code and its Chinese name."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class ServiceAreaSchema(CodeNameSchema):
    """An area where services are offered."""

    level = fields.Enum(Level, by_value=True, required=True)


class DepthSchema(ResponseSchema):
    """How far an item can be done online."""

    level = fields.Integer(required=True, metadata={"minimum": 1, "maximum": WHOLLY_ONLINE})
    name = fields.String(required=True, metadata={"example": "全程网办"})


class TraitsSchema(ResponseSchema):
    """What a service is."""

    app = fields.Nested(CodeNameSchema(), required=True)
    item_type = fields.Nested(CodeNameSchema(), required=True)
    audience = fields.Nested(CodeNameSchema(), required=True)
    depth = fields.Nested(DepthSchema(), required=True)
    topics = fields.List(fields.Nested(CodeNameSchema()), required=True)
    department = fields.String(required=True)
    is_sample = fields.Boolean(required=True, metadata=_SAMPLE)
    origin = fields.Nested(CodeNameSchema(), required=True)


def _spans() -> fields.Field[Any]:
    described = {"description": "标题中应高亮的部分：[起, 止)，以字符计"}
    return fields.List(fields.Tuple((fields.Integer(), fields.Integer())), required=True, metadata=described)


class ServiceLineSchema(TraitsSchema):
    """An item in a list."""

    code = fields.String(required=True, metadata={"example": "NT-0123456789-320600"})
    title = fields.String(required=True)
    spans = _spans()
    area = fields.Nested(ServiceAreaSchema(), required=True, metadata={"description": "所显示的是哪个地区的办理事项"})
    area_codes = fields.List(fields.String(), required=True, metadata={"description": "可办理的地区，名称见 areas"})


class ServicePageSchema(ResponseSchema):
    """A page of items."""

    version = fields.Nested(CatalogueVersionSchema(), required=True)
    area = fields.Nested(ServiceAreaSchema(), required=True, allow_none=True)
    understood = fields.String(required=True, allow_none=True, metadata={"description": "对搜索词的理解"})
    is_nearest = fields.Boolean(required=True, metadata={"description": "没有符合的事项，列出的是最相近的"})
    message = fields.String(required=True, allow_none=True, metadata=_NOTICE)
    notice = fields.String(required=True, allow_none=True, metadata=_NOTICE)
    items = fields.List(fields.Nested(ServiceLineSchema()), required=True)
    areas = fields.List(fields.Nested(ServiceAreaSchema()), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class AppSchema(CodeNameSchema):
    """A sub-app."""

    department = fields.String(required=True)
    is_supposed = fields.Boolean(required=True, metadata={"description": "名称为推定，南通市未公布"})
    notice = fields.String(required=True, allow_none=True, metadata=_NOTICE)


class CountedAppSchema(AppSchema):
    """A sub-app with how much it offers."""

    item_count = fields.Integer(required=True, metadata={"description": "事项数"})
    service_count = fields.Integer(required=True, metadata={"description": "各地办理事项数"})


class AppsSchema(ResponseSchema):
    """The sub-apps."""

    version = fields.Nested(CatalogueVersionSchema(), required=True)
    items = fields.List(fields.Nested(CountedAppSchema()), required=True)


class ServiceTopicSchema(CodeNameSchema):
    """A topic."""

    kind = fields.String(required=True, metadata={"example": "自然人主题"})
    audience = fields.Nested(CodeNameSchema(), required=True, allow_none=True)


class LeafSchema(ResponseSchema):
    """An item in a tree."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    area_code = fields.String(required=True)


class BranchSchema(ServiceTopicSchema):
    """A topic with the items below it."""

    items = fields.List(fields.Nested(LeafSchema()), required=True)


class AppTreeSchema(AppSchema):
    """A sub-app with its tree."""

    version = fields.Nested(CatalogueVersionSchema(), required=True)
    area = fields.Nested(ServiceAreaSchema(), required=True, allow_none=True)
    sample_notice = fields.String(required=True, allow_none=True, metadata=_NOTICE)
    topics = fields.List(fields.Nested(BranchSchema()), required=True)


class CountedTopicSchema(ServiceTopicSchema):
    """A topic with how much stands under it."""

    item_count = fields.Integer(required=True)


class TopicsSchema(ResponseSchema):
    """The topics."""

    version = fields.Nested(CatalogueVersionSchema(), required=True)
    items = fields.List(fields.Nested(CountedTopicSchema()), required=True)


class SuggestionSchema(ResponseSchema):
    """A title to offer."""

    text = fields.String(required=True)
    spans = _spans()
    code = fields.String(required=True)
    is_sample = fields.Boolean(required=True, metadata=_SAMPLE)


class SuggestionsSchema(ResponseSchema):
    """Titles to offer."""

    version = fields.Nested(CatalogueVersionSchema(), required=True)
    items = fields.List(fields.Nested(SuggestionSchema()), required=True)


class OtherAreaSchema(ResponseSchema):
    """Where else an item is offered."""

    code = fields.String(required=True)
    area = fields.Nested(ServiceAreaSchema(), required=True)


class ServiceStepSchema(ResponseSchema):
    """A step of the handling."""

    name = fields.String(required=True)
    text = fields.String(required=True)


def _field(spec: FieldSpec) -> fields.Field[Any]:
    """Return the form of a field of the national table; a code comes as a list of codes with names."""
    described = {"description": spec.label}
    if spec.name in CODED or spec.name.endswith("_topic_type"):
        return fields.List(fields.Nested(CodeNameSchema()), required=True, allow_none=True, metadata=described)
    kind = fields.Integer if spec.is_number else fields.String
    return kind(required=True, allow_none=True, metadata=described)


def _group(group: FieldGroup) -> Schema:
    name = f"Service{group.value.title()}Schema"
    schema: Schema = ResponseSchema.from_dict({spec.name: _field(spec) for spec in fields_of(group)}, name=name)()
    return schema


class ServiceSchema(TraitsSchema):
    """One service with everything that is known of it."""

    version = fields.Nested(CatalogueVersionSchema(), required=True)
    code = fields.String(required=True, metadata={"example": "NT-0123456789-320600"})
    title = fields.String(required=True)
    area = fields.Nested(ServiceAreaSchema(), required=True)
    other_areas = fields.List(fields.Nested(OtherAreaSchema()), required=True)
    notice = fields.String(required=True, allow_none=True, metadata=_NOTICE)
    sample_fields = fields.List(fields.String(), required=True, metadata={"description": "虚构的字段"})
    basic = fields.Nested(_group(FieldGroup.BASIC), required=True)
    extend = fields.Nested(_group(FieldGroup.EXTEND), required=True)
    materials = fields.List(fields.Nested(_group(FieldGroup.MATERIAL)), required=True)
    fees = fields.List(fields.Nested(_group(FieldGroup.FEE)), required=True)
    faqs = fields.List(fields.Nested(_group(FieldGroup.FAQ)), required=True)
    steps = fields.List(fields.Nested(ServiceStepSchema()), required=True)
