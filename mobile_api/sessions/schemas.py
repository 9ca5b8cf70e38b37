"""The shapes of sign-in."""

from __future__ import annotations

from datetime import UTC

from marshmallow import fields, validate

from mobile_api.fields import Text
from mobile_api.schema import RequestSchema, ResponseSchema


def _patterned(pattern: str, *, max_length: int, error: str, example: str) -> Text:
    """Return a required text of one form; it is trimmed before, so that ``$`` meets no line break."""
    field = Text(required=True, max_length=max_length, metadata={"example": example})
    field.validators.append(validate.Regexp(pattern, error=error))
    return field


def _phone() -> Text:
    return Text(required=True, max_length=20, metadata={"description": "中国大陆手机号码", "example": "13800138000"})


def _device_id() -> Text:
    return _patterned(
        "^[A-Za-z0-9._-]{8,64}$",
        max_length=64,
        error="设备标识为 8 至 64 位字母、数字、点、横线或下划线。",
        example="a1b2c3d4e5f6",
    )


class SigningInDeviceSchema(RequestSchema):
    """The device that signs in."""

    id = _device_id()
    name = Text(max_length=60, load_default=None, allow_none=True, metadata={"description": "设备名称，加密保存"})


class CodeRequestSchema(RequestSchema):
    """Who asks for a code."""

    phone = _phone()
    device_id = _device_id()


class ChallengeSchema(ResponseSchema):
    """What the code that was sent belongs to."""

    challenge_id = fields.UUID(required=True)
    expires_at = fields.AwareDateTime(required=True, default_timezone=UTC)


class CitizenSignInSchema(RequestSchema):
    """A citizen's code."""

    challenge_id = fields.UUID(required=True, metadata={"description": "获取验证码时得到的编号"})
    phone = _phone()
    code = _patterned("^[0-9]{6}$", max_length=6, error="验证码为 6 位数字。", example="123456")
    device = fields.Nested(SigningInDeviceSchema(), required=True)


class OperatorSignInSchema(RequestSchema):
    """An operator's account and password."""

    login_name = Text(required=True, max_length=32)
    password = Text(required=True, max_length=128)
    device = fields.Nested(SigningInDeviceSchema(), required=True)


class RefreshSchema(RequestSchema):
    """The refresh token to exchange."""

    refresh_token = Text(required=True, max_length=64)


class TokensSchema(ResponseSchema):
    """A session's tokens."""

    session_id = fields.UUID(required=True)
    token_type = fields.Constant("Bearer", required=True)
    access_token = fields.String(required=True)
    access_expires_at = fields.AwareDateTime(required=True, default_timezone=UTC)
    refresh_token = fields.String(required=True)
    refresh_expires_at = fields.AwareDateTime(required=True, default_timezone=UTC)
