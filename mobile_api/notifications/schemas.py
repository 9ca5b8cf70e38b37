"""The shapes of the inbox."""

from __future__ import annotations

from datetime import UTC

from marshmallow import fields

from backend.notifications.subscriptions import MessageKind
from mobile_api.fields import Id, QuerySwitch
from mobile_api.pagination import PageQuery
from mobile_api.schema import RequestSchema, ResponseSchema


class InboxQuery(PageQuery):
    """Which page of the inbox."""

    unread_only = QuerySwitch(load_default=False, metadata={"description": "只列未读消息"})


class NotificationSchema(ResponseSchema):
    """A message in the inbox."""

    id = fields.UUID(required=True)
    # A text, not an enum: a kind that is retired one day stays readable in old inboxes.
    kind = fields.String(
        required=True, metadata={"description": f"消息种类：{'、'.join(MessageKind)}；应用应接受未知的种类"}
    )
    number = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "诉求编号；发给工作人员的消息和与诉求无关的消息为 null"},
    )
    case_number = fields.String(
        required=True, allow_none=True, metadata={"description": "案件编号；与案件无关的消息为 null"}
    )
    title = fields.String(required=True)
    body = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True, default_timezone=UTC)
    read_at = fields.AwareDateTime(required=True, allow_none=True, default_timezone=UTC)


class InboxPageSchema(ResponseSchema):
    """A page of the inbox, the newest message first."""

    items = fields.List(fields.Nested(NotificationSchema()), required=True)
    next_cursor = fields.String(
        required=True, allow_none=True, metadata={"description": "下一页的游标；没有下一页时为 null"}
    )


class UnreadCountSchema(ResponseSchema):
    """How many messages are unread."""

    unread = fields.Integer(required=True, metadata={"description": "未读消息数，最多计到 1000"})


class ReadMarkSchema(RequestSchema):
    """The newest message that was read."""

    up_to_id = Id(required=True, metadata={"description": "此消息及所有更早的消息标为已读"})


class ReadMarkResultSchema(ResponseSchema):
    """What a read mark did."""

    marked = fields.Integer(required=True, metadata={"description": "本次由未读变为已读的消息数"})
