"""The inbox: its pages, the unread count and read marks."""

from __future__ import annotations

import uuid
from typing import Any

from flask.views import MethodView

from backend.identity.permissions import Permission
from backend.notifications import queries
from backend.notifications.use_cases.reading import mark_read, mark_read_up_to
from mobile_api.access import current_actor, requires
from mobile_api.blueprint import ApiBlueprint
from mobile_api.notifications.schemas import (
    InboxPageSchema,
    InboxQuery,
    NotificationSchema,
    ReadMarkResultSchema,
    ReadMarkSchema,
    UnreadCountSchema,
)
from mobile_api.pagination import decode_cursor, page_document
from mobile_api.services import services
from mobile_api.transactions import current_session

blp = ApiBlueprint("notifications", url_prefix="/notifications", description="消息")


@blp.route("")
class Inbox(MethodView):
    """The messages of the one who asks."""

    @requires(Permission.USE_INBOX)
    @blp.arguments(InboxQuery(), location="query")
    @blp.response(200, InboxPageSchema())
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """我的消息，最新的在前。"""
        page = queries.inbox_of(
            current_session(),
            actor=current_actor(),
            limit=query["limit"],
            after=decode_cursor(query["cursor"], parse=uuid.UUID, parts=1),
            unread_only=query["unread_only"],
        )
        return page_document(page, lambda message: (str(message.id),))


@blp.route("/unread-count")
class UnreadCount(MethodView):
    """How many messages are unread."""

    @requires(Permission.USE_INBOX)
    @blp.response(200, UnreadCountSchema())
    def get(self) -> dict[str, int]:
        """未读消息数。"""
        return {"unread": queries.unread_count(current_session(), actor=current_actor())}


@blp.route("/<uuid:notification_id>/read")
class ReadState(MethodView):
    """Whether a message was read."""

    @requires(Permission.USE_INBOX)
    @blp.response(200, NotificationSchema())
    @blp.alt_response(404, "NOT_FOUND")
    def put(self, notification_id: uuid.UUID) -> object:
        """把一条消息标为已读；重复标记不改变首次阅读的时间。"""
        return mark_read(
            current_session(), actor=current_actor(), notification_id=notification_id, now=services().clock.now()
        )


@blp.route("/read-marks")
class ReadMarks(MethodView):
    """Marks over many messages at once."""

    @requires(Permission.USE_INBOX)
    @blp.arguments(ReadMarkSchema())
    @blp.response(200, ReadMarkResultSchema())
    @blp.alt_response(404, "NOT_FOUND")
    def post(self, body: dict[str, Any]) -> dict[str, int]:
        """把一条消息及所有更早的消息标为已读；之后到达的消息不受影响。"""
        marked = mark_read_up_to(
            current_session(), actor=current_actor(), notification_id=body["up_to_id"], now=services().clock.now()
        )
        return {"marked": marked}
