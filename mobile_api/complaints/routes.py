"""A citizen's own complaints: file, list, read, follow, withdraw."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from backend.complaints.queries import ComplaintDetail, complaint_detail, own_complaints
from backend.complaints.timeline import timeline_of
from backend.complaints.use_cases import Receipt, file_complaint, withdraw_complaint
from backend.identity.permissions import Permission
from mobile_api.access import current_actor, requires
from mobile_api.blueprint import ApiBlueprint
from mobile_api.complaints.requests import filing_of, list_position
from mobile_api.complaints.schemas import (
    ComplaintDetailSchema,
    ComplaintPageSchema,
    ComplaintSchema,
    ReceiptSchema,
    TimelineSchema,
    WithdrawalSchema,
)
from mobile_api.idempotency import idempotent
from mobile_api.pagination import PageQuery, decode_cursor, page_document
from mobile_api.readers import desk, reader
from mobile_api.services import services
from mobile_api.transactions import current_session

blp = ApiBlueprint("complaints", url_prefix="/complaints", description="我的诉求")


@blp.route("")
class Complaints(MethodView):
    """One's own complaints."""

    @requires(Permission.FILE_COMPLAINT)
    @idempotent("complaint.file")
    @blp.arguments(ComplaintSchema())
    @blp.response(201, ReceiptSchema())
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(429, "TOO_MANY_REQUESTS")
    def post(self, body: dict[str, Any]) -> Receipt:
        """提交诉求。

        坐标可用 WGS-84、GCJ-02、BD-09 或 CGCS2000；没有坐标时须填写地址。以同一 Idempotency-Key 重试得到同一编号。
        """
        quota = services().settings.complaint_daily_quota
        return file_complaint(current_session(), filing=filing_of(body), daily_quota=quota, desk=desk())

    @requires(Permission.READ_OWN_COMPLAINT)
    @blp.arguments(PageQuery(), location="query")
    @blp.response(200, ComplaintPageSchema())
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """我的诉求，最新的在前。"""
        page = own_complaints(
            current_session(),
            reader=reader(),
            limit=query["limit"],
            after=decode_cursor(query["cursor"], parse=list_position, parts=2),
        )
        return page_document(page, lambda line: (line.filed_at.isoformat(), str(line.id)))


@blp.route("/<string:number>")
class OneComplaint(MethodView):
    """One of one's own complaints."""

    @requires(Permission.READ_OWN_COMPLAINT)
    @blp.response(200, ComplaintDetailSchema())
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, number: str) -> ComplaintDetail:
        """诉求详情。他人的诉求与不存在的诉求回答相同。"""
        return complaint_detail(current_session(), reader=reader(), number=number)


@blp.route("/<string:number>/timeline")
class Timeline(MethodView):
    """The way of a complaint."""

    @requires(Permission.READ_OWN_COMPLAINT)
    @blp.response(200, TimelineSchema())
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, number: str) -> dict[str, object]:
        """办理进度，从提交开始。"""
        return {"items": timeline_of(current_session(), reader=reader(), number=number)}


@blp.route("/<string:number>/withdrawal")
class Withdrawal(MethodView):
    """The end of a complaint by its reporter."""

    @requires(Permission.WITHDRAW_OWN_COMPLAINT)
    @idempotent("complaint.withdraw")
    @blp.arguments(WithdrawalSchema())
    @blp.response(200, ReceiptSchema())
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def post(self, body: dict[str, Any], number: str) -> Receipt:
        """撤销诉求。涉及公共安全的诉求不能撤销。"""
        return withdraw_complaint(
            current_session(), actor=current_actor(), number=number, note=body["note"], desk=desk()
        )
