"""The shapes of public status."""

from __future__ import annotations

from marshmallow import fields

from backend.complaints.query_codes import ALPHABET, LENGTH
from backend.complaints.rules import PublicState
from mobile_api.fields import Code
from mobile_api.naming import instant
from mobile_api.schema import RequestSchema, ResponseSchema

CODE_PATTERN = f"^[{ALPHABET}{ALPHABET[8:].lower()}]{{{LENGTH}}}$"


class StatusQuery(RequestSchema):
    """The code that was given with the number."""

    code = Code(
        CODE_PATTERN,
        max_length=LENGTH,
        error=f"查询码为 {LENGTH} 位字母和数字，不含 0、O、1、I、L、U。",
        required=True,
        metadata={"description": "提交诉求时得到的查询码，不分大小写", "example": "7KQ2M9XA"},
    )


class PublicStatusSchema(ResponseSchema):
    """How a complaint stands: nothing that tells whose it is, or about what."""

    number = fields.String(required=True)
    state = fields.Enum(PublicState, by_value=True, required=True)
    state_name = fields.String(required=True, metadata={"example": "办理中"})
    filed_at = instant()
    due_at = instant(metadata={"description": "办理期限"})
    due_is_provisional = fields.Boolean(
        required=True, metadata={"description": "期限涉及尚未公布放假安排的年份，可能调整"}
    )
    ended_at = instant(allow_none=True)
    changed_at = instant(metadata={"description": "最近一次变化的时间"})
