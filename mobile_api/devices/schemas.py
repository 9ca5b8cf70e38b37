"""The shapes of a phone that may be rung."""

from __future__ import annotations

from datetime import UTC

from marshmallow import fields

from backend.infrastructure.push import AddressKind
from backend.notifications.rules import MAX_ADDRESS_LENGTH, MAX_APP_VERSION_LENGTH, Platform
from mobile_api.fields import Code, Text
from mobile_api.schema import RequestSchema, ResponseSchema


class AddressSchema(RequestSchema):
    """Where the provider reaches the phone."""

    kind = fields.Enum(AddressKind, by_value=True, required=True)
    value = Code(
        f"^[!-~]{{1,{MAX_ADDRESS_LENGTH}}}$",
        max_length=MAX_ADDRESS_LENGTH,
        error="推送地址由可见的 ASCII 字符组成。",
        required=True,
        metadata={"description": "推送地址，加密保存，不再显示"},
    )


class RegistrationSchema(RequestSchema):
    """What an app says about its phone."""

    platform = fields.Enum(Platform, by_value=True, required=True)
    app_version = Text(required=True, max_length=MAX_APP_VERSION_LENGTH, metadata={"example": "1.4.0"})
    address = fields.Nested(AddressSchema(), required=True)


class DeviceSchema(ResponseSchema):
    """A registered phone; its address is not shown."""

    device_id = fields.String(required=True)
    platform = fields.String(required=True)
    app_version = fields.String(required=True)
    address_kind = fields.String(required=True)
    updated_at = fields.AwareDateTime(required=True, default_timezone=UTC)
