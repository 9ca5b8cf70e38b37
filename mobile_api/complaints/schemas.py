"""The shapes of complaints."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.cases.filing import IdentityShown
from backend.cases.rules import State
from backend.kernel.geography import CoordinateSystem
from mobile_api.fields import Degrees, Text
from mobile_api.naming import LocationShownSchema, NamedCategorySchema, NamedSchema, RejectionSchema, instant
from mobile_api.schema import RequestSchema, ResponseSchema

_CODE = validate.Regexp("^[A-Za-z0-9]{1,32}$", error="代码由字母和数字组成。")


class CategoryChosenSchema(RequestSchema):
    """A leaf of a category tree."""

    tree = Text(max_length=32, load_default="12345", metadata={"example": "12345"})
    code = fields.String(required=True, validate=_CODE, metadata={"example": "H030404"})


class LocationSchema(RequestSchema):
    """A position as the phone gave it."""

    longitude = Degrees(required=True, metadata={"example": 120.5734})
    latitude = Degrees(required=True, metadata={"example": 32.3708})
    system = fields.Enum(
        CoordinateSystem, by_value=True, required=True, metadata={"description": "坐标系；手机地图多为 GCJ-02"}
    )


class ComplaintSchema(RequestSchema):
    """A complaint to be filed. A location or an address must be given."""

    request_type = fields.String(required=True, validate=_CODE, metadata={"example": "QZ"})
    category = fields.Nested(CategoryChosenSchema(), required=True)
    title = Text(required=True, max_length=60, metadata={"example": "人行道上的井盖不见了"})
    description = Text(required=True, max_length=2000, multiline=True)
    division = fields.String(
        required=True, validate=_CODE, metadata={"description": "所选区划代码", "example": "320682"}
    )
    location = fields.Nested(LocationSchema(), load_default=None, allow_none=True)
    address = Text(max_length=200, load_default=None, allow_none=True)
    identity_shown = fields.Enum(
        IdentityShown,
        by_value=True,
        load_default=IdentityShown.NAMED,
        metadata={"description": "named 实名、confidential 保密、anonymous 匿名"},
    )


class ReceiptSchema(ResponseSchema):
    """What the reporter is given: keep the number."""

    number = fields.String(required=True, metadata={"example": "NT261125000042K"})
    case_number = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": [state.value for state in State]})
    filed_at = instant()
    due_at = instant(metadata={"description": "办理期限"})


class WithdrawalSchema(RequestSchema):
    """Why a complaint is withdrawn."""

    note = Text(max_length=500, multiline=True, load_default=None, allow_none=True)


class ComplaintLineSchema(ResponseSchema):
    """A complaint in its reporter's list."""

    number = fields.String(required=True)
    case_number = fields.String(required=True)
    state = fields.String(required=True)
    state_name = fields.String(required=True, metadata={"example": "已受理"})
    title = fields.String(required=True, allow_none=True)
    request_type = fields.Nested(NamedSchema(), required=True)
    category = fields.Nested(NamedCategorySchema(), required=True)
    division = fields.Nested(NamedSchema(), required=True)
    filed_at = instant()
    due_at = instant()
    due_is_provisional = fields.Boolean(
        required=True, metadata={"description": "期限涉及尚未公布放假安排的年份，可能调整"}
    )


class ComplaintPageSchema(ResponseSchema):
    """A page of one's own complaints, newest first."""

    items = fields.List(fields.Nested(ComplaintLineSchema()), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ComplaintDetailSchema(ResponseSchema):
    """A whole complaint, its address masked."""

    line = fields.Nested(ComplaintLineSchema(), required=True, data_key="complaint")
    description = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True, metadata={"example": "海阳路***"})
    location = fields.Nested(LocationShownSchema(), required=True, allow_none=True)
    identity_shown = fields.String(required=True)
    centre = fields.Nested(NamedSchema(), required=True)
    answer = fields.String(required=True, allow_none=True)
    rejection = fields.Nested(RejectionSchema(), required=True, allow_none=True)
    is_withdrawable = fields.Boolean(required=True)


class StepSchema(ResponseSchema):
    """One step of a complaint's way."""

    at = instant()
    state = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)


class TimelineSchema(ResponseSchema):
    """The way of a complaint, first step first."""

    items = fields.List(fields.Nested(StepSchema()), required=True)
