"""The shapes of consents."""

from __future__ import annotations

from marshmallow import fields

from backend.consents.rules import ConsentState, Purpose
from mobile_api.fields import Text, Truth
from mobile_api.naming import instant
from mobile_api.schema import RequestSchema, ResponseSchema


class ConsentTextSchema(ResponseSchema):
    """A text in force."""

    purpose = fields.String(required=True, metadata={"enum": [purpose.value for purpose in Purpose]})
    purpose_name = fields.String(required=True, metadata={"example": "精确位置"})
    version = fields.String(required=True, metadata={"example": "2026-11"})
    title = fields.String(required=True)
    text = fields.String(required=True)
    text_hash = fields.String(required=True, metadata={"description": "SHA-256，十六进制"})
    valid_from = fields.Date(required=True)


class ConsentTextsSchema(ResponseSchema):
    """The texts in force."""

    items = fields.List(fields.Nested(ConsentTextSchema()), required=True)


class AnswerSchema(RequestSchema):
    """A person's answer to a text."""

    purpose = fields.Enum(Purpose, by_value=True, required=True)
    version = Text(required=True, max_length=32, metadata={"description": "所展示文本的版本"})
    given = Truth(required=True, metadata={"description": "true 同意，false 撤回"})


class StandingSchema(ResponseSchema):
    """Where one stands with a purpose."""

    purpose = fields.String(required=True, metadata={"enum": [purpose.value for purpose in Purpose]})
    purpose_name = fields.String(required=True)
    current_version = fields.String(required=True)
    state = fields.Enum(ConsentState, by_value=True, required=True)
    version = fields.String(required=True, allow_none=True)
    recorded_at = instant(allow_none=True)


class StandingsSchema(ResponseSchema):
    """Where one stands with every purpose."""

    items = fields.List(fields.Nested(StandingSchema()), required=True)
