"""The shapes of reveals."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.cases.reveals import RevealField
from mobile_api.fields import Text
from mobile_api.naming import NamedSchema, instant
from mobile_api.schema import RequestSchema, ResponseSchema

MIN_REASON = 6


class RevealSchema(RequestSchema):
    """What is asked for, and why."""

    # marshmallow keeps the name ``fields`` for itself.
    asked = fields.List(
        fields.Enum(RevealField, by_value=True),
        required=True,
        data_key="fields",
        validate=validate.Length(1, len(RevealField)),
        metadata={"description": "需要查看的内容"},
    )
    reason = Text(
        required=True,
        min_length=MIN_REASON,
        max_length=200,
        metadata={"description": "理由，至少 6 个字，加密保存，供审计", "example": "电话核实井盖的准确位置"},
    )


class RevealedReporterSchema(ResponseSchema):
    """A reporter by name."""

    number = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True, metadata={"example": "+8613812345678"})


class RevealedSchema(ResponseSchema):
    """What was asked for, in full; everything else is null."""

    number = fields.String(required=True)
    revealed_at = instant()
    address = fields.String(required=True, allow_none=True)
    description = fields.String(required=True, allow_none=True)
    reporters = fields.List(fields.Nested(RevealedReporterSchema()), required=True)


class RevealMarkSchema(ResponseSchema):
    """That a reveal happened."""

    at = instant()
    role = fields.String(required=True)
    role_name = fields.String(required=True)
    centre = fields.Nested(NamedSchema(), required=True)
    shown = fields.List(fields.String(), required=True, attribute="fields", data_key="fields")


class RevealMarksSchema(ResponseSchema):
    """The reveals of a case, the first first."""

    items = fields.List(fields.Nested(RevealMarkSchema()), required=True)


class RevealLineSchema(ResponseSchema):
    """A reveal, for auditors."""

    mark = fields.Nested(RevealMarkSchema(), required=True, data_key="reveal")
    case_number = fields.String(required=True)
    login_name = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True, metadata={"example": "王*"})
    reason = fields.String(required=True, allow_none=True)
    request_id = fields.String(required=True)


class RevealPageSchema(ResponseSchema):
    """A page of reveals, the newest first."""

    items = fields.List(fields.Nested(RevealLineSchema()), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
