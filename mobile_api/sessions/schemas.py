"""The shapes of sign-in."""

from __future__ import annotations

from datetime import UTC

from marshmallow import fields

from mobile_api.fields import Code, Id, QuerySwitch, Text
from mobile_api.schema import RequestSchema, ResponseSchema


def _phone() -> Text:
    return Text(required=True, max_length=20, metadata={"description": "中国大陆手机号码", "example": "13800138000"})


def _device_id() -> Code:
    return Code(
        "^[A-Za-z0-9._-]{8,64}$",
        max_length=64,
        error="设备标识为 8 至 64 位字母、数字、点、横线或下划线。",
        required=True,
        metadata={"example": "a1b2c3d4e5f6"},
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

    challenge_id = Id(required=True, metadata={"description": "获取验证码时得到的编号"})
    phone = _phone()
    code = Code("^[0-9]{6}$", max_length=6, error="验证码为 6 位数字。", required=True, metadata={"example": "123456"})
    device = fields.Nested(SigningInDeviceSchema(), required=True)


class OperatorSignInSchema(RequestSchema):
    """An operator's account and password."""

    login_name = Text(required=True, max_length=32)
    password = Text(required=True, max_length=128)
    device_id = _device_id()


class EnrolmentSchema(ResponseSchema):
    """A new secret for an authenticator app."""

    secret = fields.String(required=True, metadata={"description": "手工录入用的密钥（base32）"})
    otpauth_uri = fields.String(required=True, metadata={"description": "供身份验证器扫描的 otpauth:// 地址"})


class FactorChallengeSchema(ResponseSchema):
    """What the code of the second step belongs to."""

    challenge = fields.String(required=True, metadata={"description": "第二步须原样带回"})
    expires_at = fields.AwareDateTime(required=True, default_timezone=UTC)
    enrolment = fields.Nested(
        EnrolmentSchema(),
        required=True,
        allow_none=True,
        metadata={"description": "首次登录时绑定动态口令；以第二步的正确口令确认后生效"},
    )


class SecondFactorSchema(RequestSchema):
    """The code of an operator's authenticator app."""

    challenge = Code("^[A-Za-z0-9_-]{43}$", max_length=43, required=True)
    code = Code(
        "^[0-9]{6}$", max_length=6, error="动态口令为 6 位数字。", required=True, metadata={"example": "123456"}
    )
    device = fields.Nested(SigningInDeviceSchema(), required=True, metadata={"description": "与第一步相同的设备标识"})


class RefreshSchema(RequestSchema):
    """The refresh token to exchange."""

    refresh_token = Code("^[A-Za-z0-9_-]{1,64}$", max_length=64, required=True)


class TokensSchema(ResponseSchema):
    """A session's tokens."""

    session_id = fields.UUID(required=True)
    token_type = fields.Constant("Bearer", required=True)
    access_token = fields.String(required=True)
    access_expires_at = fields.AwareDateTime(required=True, default_timezone=UTC)
    refresh_token = fields.String(required=True)
    refresh_expires_at = fields.AwareDateTime(required=True, default_timezone=UTC)


class MySessionSchema(ResponseSchema):
    """One of one's own sessions."""

    id = fields.UUID(required=True)
    device_name = fields.String(required=True, allow_none=True, metadata={"description": "登录时应用给出的设备名称"})
    created_at = fields.AwareDateTime(required=True, default_timezone=UTC)
    last_seen_at = fields.AwareDateTime(
        required=True, default_timezone=UTC, metadata={"description": "最近一次换取令牌的时间，精确到约 10 分钟"}
    )
    expires_at = fields.AwareDateTime(required=True, default_timezone=UTC)
    is_current = fields.Boolean(required=True, metadata={"description": "是否为发出本请求的设备"})


class MySessionsSchema(ResponseSchema):
    """One's own living sessions, the newest first."""

    items = fields.List(fields.Nested(MySessionSchema()), required=True)


class SignOutQuery(RequestSchema):
    """Which sessions to keep."""

    keep_current = QuerySwitch(load_default=False, metadata={"description": "保留发出本请求的设备"})


class EndedSchema(ResponseSchema):
    """What signing out everywhere did."""

    ended = fields.Integer(required=True, metadata={"description": "本次退出的设备数"})
