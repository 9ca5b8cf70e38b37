"""The shapes of complaints."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from backend.cases.filing import IdentityShown
from backend.cases.rules import MAX_STARS, Rating, State
from backend.complaints.rules import ReporterAction
from mobile_api.evidence.fields import photo_ids
from mobile_api.evidence.schemas import PhotoSchema
from mobile_api.fields import Code, Count, Flag, Text
from mobile_api.naming import LocationShownSchema, NamedCategorySchema, NamedSchema, RejectionSchema, instant
from mobile_api.positions import LocationSchema
from mobile_api.schema import RequestSchema, ResponseSchema


def _code(**metadata: str) -> Code:
    error = "代码由字母和数字组成。"
    return Code("^[A-Za-z0-9]{1,32}$", max_length=32, error=error, required=True, metadata=metadata)


class CategoryChosenSchema(RequestSchema):
    """A leaf of a category tree."""

    tree = Text(max_length=32, load_default="12345", metadata={"example": "12345"})
    code = _code(example="H030404")


class ComplaintSchema(RequestSchema):
    """A complaint to be filed. A location or an address must be given."""

    request_type = _code(example="QZ")
    category = fields.Nested(CategoryChosenSchema(), required=True)
    title = Text(required=True, max_length=60, metadata={"example": "人行道上的井盖不见了"})
    description = Text(required=True, max_length=2000, multiline=True)
    division = _code(description="所选区划代码", example="320682")
    location = fields.Nested(LocationSchema(), load_default=None, allow_none=True)
    address = Text(max_length=200, load_default=None, allow_none=True)
    evidence_ids = photo_ids()
    identity_shown = fields.Enum(
        IdentityShown,
        by_value=True,
        load_default=IdentityShown.NAMED,
        metadata={"description": "named 实名、confidential 保密、anonymous 匿名"},
    )


# What the document shows, and what /docs sends when nothing is changed: it is taken as it stands.
EXAMPLE = {
    "request_type": "QZ",
    "category": {"tree": "12345", "code": "H030404"},
    "title": "人行道上的井盖不见了",
    "description": "公交站旁，晚上看不清，很危险。",
    "division": "320682",
    "location": {"longitude": 120.5734, "latitude": 32.3708, "system": "GCJ-02"},
    "address": "海阳路 12 号",
}


def query_code_field() -> fields.String:
    """Return the field of a query code."""
    return fields.String(
        required=True,
        metadata={"description": "查询码：凭编号和查询码，无需登录即可查询进度；请勿公开", "example": "7KQ2M9XA"},
    )


class ReceiptSchema(ResponseSchema):
    """What the reporter is given: keep the number."""

    number = fields.String(required=True, metadata={"example": "NT261125000042K"})
    case_number = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": [state.value for state in State]})
    filed_at = instant()
    due_at = instant(metadata={"description": "办理期限"})


class FilingReceiptSchema(ReceiptSchema):
    """The receipt of a filing."""

    location_kept = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "false 表示未同意使用精确位置，坐标没有保存；没有提交坐标时为 null"},
    )
    # The last member: a repeated answer is given it anew, and has the very same bytes.
    query_code = query_code_field()


class WithdrawalSchema(RequestSchema):
    """Why a complaint is withdrawn."""

    note = Text(max_length=500, multiline=True, load_default=None, allow_none=True)


class SupplementSchema(RequestSchema):
    """What the desk asked for."""

    text = Text(required=True, max_length=2000, multiline=True)
    evidence_ids = photo_ids()


class ReopeningSchema(RequestSchema):
    """Why a complaint is to be handled again."""

    reason = Text(required=True, max_length=1000, multiline=True, metadata={"example": "井盖又松动了，走上去会晃。"})
    evidence_ids = photo_ids()


class UrgeSchema(RequestSchema):
    """A wish that somebody hurries, perhaps with words."""

    text = Text(max_length=500, multiline=True, load_default=None, allow_none=True)


class UrgeReceiptSchema(ResponseSchema):
    """That an urge was taken in."""

    number = fields.String(required=True)
    case_number = fields.String(required=True)
    state = fields.String(required=True)
    urged_at = instant()


class RatingSchema(RequestSchema):
    """What the reporter thinks of this round of handling."""

    is_solved = Flag(required=True, metadata={"description": "问题是否解决"})
    stars = Count(least=1, most=MAX_STARS, required=True, metadata={"description": "满意度，1 至 5 星", "example": 5})
    comment = Text(max_length=1000, multiline=True, load_default=None, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_options: Any) -> Rating:
        return Rating(**data)


class RatingReceiptSchema(ResponseSchema):
    """That a rating was taken in, and of which round."""

    number = fields.String(required=True)
    case_number = fields.String(required=True)
    state = fields.String(required=True)
    round = fields.Integer(required=True)
    rated_at = instant()


class OwnRatingSchema(ResponseSchema):
    """What the reporter said of the round that they rated last."""

    round = fields.Integer(required=True)
    is_solved = fields.Boolean(required=True)
    stars = fields.Integer(required=True)
    comment = fields.String(required=True, allow_none=True)
    rated_at = instant()


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
    photos = fields.List(fields.Nested(PhotoSchema()), required=True, metadata={"description": "本人提交的照片"})
    identity_shown = fields.String(required=True)
    centre = fields.Nested(NamedSchema(), required=True)
    answer = fields.String(required=True, allow_none=True)
    rejection = fields.Nested(RejectionSchema(), required=True, allow_none=True)
    is_withdrawable = fields.Boolean(required=True)
    possible_actions = fields.List(
        fields.Enum(ReporterAction, by_value=True),
        required=True,
        metadata={"description": "现在可以做的：补充 supplement、催办 urge、评价 rate、重办 reopen、撤销 withdraw"},
    )
    rating = fields.Nested(
        OwnRatingSchema(), required=True, allow_none=True, metadata={"description": "本人最近的评价"}
    )
    query_code = query_code_field()


class StepSchema(ResponseSchema):
    """One step of a complaint's way."""

    at = instant()
    state = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)


class TimelineSchema(ResponseSchema):
    """The way of a complaint, first step first."""

    items = fields.List(fields.Nested(StepSchema()), required=True)
