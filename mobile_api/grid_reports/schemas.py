"""The shapes of grid reports."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.cases.rules import State
from mobile_api.complaints.schemas import CategoryChosenSchema
from mobile_api.evidence.fields import photo_ids
from mobile_api.fields import Code, Flag, Id, Instant, Text
from mobile_api.naming import NamedCategorySchema, NamedSchema, instant
from mobile_api.positions import LocationSchema
from mobile_api.schema import RequestSchema, ResponseSchema


class HandledSchema(RequestSchema):
    """What was put right on the spot."""

    public_answer = Text(
        required=True, max_length=4000, multiline=True, metadata={"description": "公开答复，至少 20 个字"}
    )
    is_solved = Flag(
        required=True,
        validate=validate.OneOf([True], error="未能当场解决的，请不要填写 handled。"),
        metadata={"description": "只在当场解决时填写 handled"},
    )


class GridReportSchema(RequestSchema):
    """A report from the spot. A location or an address must be given."""

    client_id = Id(required=True, metadata={"description": "手机为每份上报生成一个 UUID，重发时不变"})
    captured_at = Instant(required=True, metadata={"description": "发现时间，手机时钟；不早于 7 天前"})
    category = fields.Nested(CategoryChosenSchema(), required=True)
    title = Text(required=True, max_length=60, metadata={"example": "人行道上堆放垃圾"})
    description = Text(required=True, max_length=2000, multiline=True)
    division = Code(
        "^[A-Za-z0-9]{1,32}$",
        max_length=32,
        error="代码由字母和数字组成。",
        load_default=None,
        allow_none=True,
        metadata={"description": "区划代码；不填则由位置推荐", "example": "320682103"},
    )
    location = fields.Nested(LocationSchema(), load_default=None, allow_none=True)
    address = Text(max_length=200, load_default=None, allow_none=True)
    evidence_ids = photo_ids()
    handled = fields.Nested(
        HandledSchema(),
        load_default=None,
        allow_none=True,
        metadata={"description": "当场处置：须附处置前和处置后的照片（有实物的类别）"},
    )


class GridSupplementSchema(RequestSchema):
    """What the desk asked for."""

    text = Text(required=True, max_length=2000, multiline=True, metadata={"example": "在菜场东门往南第三根灯杆。"})
    evidence_ids = photo_ids()


class GridSupplementReceiptSchema(ResponseSchema):
    """That a supplement was taken in."""

    number = fields.String(required=True)
    case_number = fields.String(required=True)
    state = fields.String(required=True, metadata={"example": "submitted"})
    supplemented_at = instant()
    due_at = instant(metadata={"description": "办理期限；等待补充的时间不计入"})


class GridReceiptSchema(ResponseSchema):
    """What the phone is given, and given again for the same report."""

    number = fields.String(required=True, metadata={"example": "WG261125000042X"})
    case_number = fields.String(required=True)
    state = fields.String(
        required=True,
        metadata={
            "enum": [state.value for state in State],
            "description": "submitted 待受理、accepted 已自动受理、feedback 当场处置，待核查",
        },
    )
    filed_at = instant(metadata={"description": "收到上报的时间"})
    due_at = instant(metadata={"description": "办理期限"})


class GridReportLineSchema(ResponseSchema):
    """A report in its reporter's list, with what became of it."""

    number = fields.String(required=True)
    case_number = fields.String(required=True)
    client_id = fields.UUID(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True, metadata={"example": "处置中"})
    round = fields.Integer(required=True)
    title = fields.String(required=True, allow_none=True)
    category = fields.Nested(NamedCategorySchema(), required=True)
    division = fields.Nested(NamedSchema(), required=True)
    captured_at = instant()
    filed_at = instant()
    due_at = instant()
    ended_at = instant(allow_none=True)
    missing = fields.List(
        fields.Nested(NamedSchema()),
        required=True,
        metadata={"description": "受理员要求补充的内容；state 为 supplement 时才有"},
    )


class GridReportPageSchema(ResponseSchema):
    """A page of one's own reports, seen last first."""

    items = fields.List(fields.Nested(GridReportLineSchema()), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
