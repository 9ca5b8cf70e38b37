"""What the catalogue is asked."""

from __future__ import annotations

from marshmallow import fields, validate

from mobile_api.fields import Code, QueryNumber, Text
from mobile_api.pagination import PageQuery
from mobile_api.schema import RequestSchema
from service_catalog.rules.vocabulary import WHOLLY_ONLINE, Audience

MAX_QUERY_LENGTH = 50
_CODE = "^[0-9A-Za-z-]{1,20}$"
_DIVISION = "^[0-9A-Za-z]{1,12}$"
_AREA_WORDS = "用户所在区划（任意一级）代码；先显示该区县的办理事项，没有则显示市级"


def _area() -> Code:
    return Code(_DIVISION, max_length=12, load_default=None, metadata={"description": _AREA_WORDS, "example": "320682"})


class ServiceQuery(PageQuery):
    """Which services."""

    q = Text(
        max_length=MAX_QUERY_LENGTH,
        load_default=None,
        metadata={"description": "搜索词：汉字、拼音、首字母或一句话", "example": "公积金提取"},
    )
    app = Code(_CODE, max_length=20, load_default=None, metadata={"description": "子应用代码", "example": "A03"})
    topic = Code(_CODE, max_length=20, load_default=None, metadata={"description": "主题代码", "example": "U14"})
    audience = fields.Enum(
        Audience, by_value=True, load_default=None, metadata={"description": "person 自然人，company 法人"}
    )
    area = _area()
    depth = QueryNumber(
        load_default=None,
        validate=validate.Range(1, WHOLLY_ONLINE),
        metadata={"description": "网办深度不低于：1 互联网咨询 … 7 全程网办"},
    )


class TreeQuery(RequestSchema):
    """For whom the tree of a sub-app is shown."""

    area = _area()


class SuggestionQuery(RequestSchema):
    """What was typed so far."""

    q = Text(max_length=MAX_QUERY_LENGTH, required=True, metadata={"description": "已输入的内容", "example": "gjj"})
