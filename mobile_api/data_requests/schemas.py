"""The shapes of requests about one's own data."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from backend.data_protection.rules import RequestKind, RequestState
from mobile_api.naming import instant
from mobile_api.schema import RequestSchema, ResponseSchema


class AskSchema(RequestSchema):
    """What is asked for."""

    kind = fields.Enum(
        RequestKind,
        by_value=True,
        required=True,
        metadata={"description": "export 副本，erasure 注销并删除（不能撤回）"},
    )


class DataRequestSchema(ResponseSchema):
    """A request and how far it is."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": [kind.value for kind in RequestKind]})
    state = fields.String(required=True, metadata={"enum": [state.value for state in RequestState]})
    state_name = fields.String(required=True)
    requested_at = instant()
    due_at = instant(metadata={"description": "答复期限，15 个工作日"})
    due_is_provisional = fields.Boolean(required=True)
    finished_at = instant(allow_none=True)
    refusal = fields.String(required=True, allow_none=True)
    refusal_words = fields.String(required=True, allow_none=True)
    document_expires_at = instant(allow_none=True)
    waiting_for = fields.List(
        fields.String(), required=True, metadata={"description": "注销前须先办结或撤销的诉求编号"}
    )


class DataRequestsSchema(ResponseSchema):
    """One's own requests, the newest first."""

    items = fields.List(fields.Nested(DataRequestSchema()), required=True)


def _rows(description: str) -> fields.List[dict[str, Any]]:
    return fields.List(fields.Dict(), required=True, metadata={"description": description})


class CopySchema(ResponseSchema):
    """The copy: what is held on a person, room by room. Its rows are told by their own names."""

    format = fields.String(required=True)
    made_at = instant()
    profile = fields.Dict(required=True)
    sessions = _rows("登录设备")
    devices = _rows("推送设备")
    consents = _rows("同意记录")
    complaints = _rows("诉求")
    notifications = _rows("消息")
    reveals = _rows("谁查看过完整信息")
    data_requests = _rows("副本与注销请求")
