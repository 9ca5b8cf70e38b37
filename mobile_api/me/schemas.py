"""The shape of the signed-in person."""

from __future__ import annotations

from marshmallow import fields

from backend.identity.actor import PersonKind
from mobile_api.schema import ResponseSchema


class RoleSchema(ResponseSchema):
    """A role at a command centre."""

    role = fields.String(required=True)
    role_name = fields.String(required=True)
    centre_code = fields.String(required=True)


class MeSchema(ResponseSchema):
    """Who is signed in, masked."""

    id = fields.UUID(required=True)
    kind = fields.Enum(PersonKind, by_value=True, required=True)
    login_name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True, metadata={"example": "138****5678"})
    name = fields.String(required=True, allow_none=True, metadata={"example": "张*"})
    roles = fields.List(fields.Nested(RoleSchema()), required=True)
