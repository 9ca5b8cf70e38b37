"""A citizen's own complaints: file, list, read, follow, add to, urge, rate, withdraw, have handled again."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from backend.cases.numbering import COMPLAINT_PREFIX
from backend.cases.rules import Rating
from backend.complaints.queries import ComplaintDetail, complaint_detail, own_complaints
from backend.complaints.timeline import timeline_of
from backend.complaints.use_cases import (
    Addition,
    RatingReceipt,
    Receipt,
    UrgeReceipt,
    rate_complaint,
    reopen_complaint,
    supplement_complaint,
    urge_complaint,
    withdraw_complaint,
)
from backend.identity.permissions import Permission
from mobile_api.access import current_actor, requires
from mobile_api.at_once import tried_at_once
from mobile_api.blueprint import ApiBlueprint
from mobile_api.complaints.filing import filed
from mobile_api.complaints.requests import filing_of, list_position, query_code_again
from mobile_api.complaints.schemas import (
    EXAMPLE,
    ComplaintDetailSchema,
    ComplaintPageSchema,
    ComplaintSchema,
    FilingReceiptSchema,
    RatingReceiptSchema,
    RatingSchema,
    ReceiptSchema,
    ReopeningSchema,
    SupplementSchema,
    TimelineSchema,
    UrgeReceiptSchema,
    UrgeSchema,
    WithdrawalSchema,
)
from mobile_api.idempotency import idempotent
from mobile_api.naming import number_schema
from mobile_api.pagination import PageQuery, decode_cursor, page_document
from mobile_api.quick_loads import QuickLoad
from mobile_api.readers import desk, reader
from mobile_api.transactions import current_session

blp = ApiBlueprint(
    "complaints",
    url_prefix="/complaints",
    description="我的诉求",
    path_parameters={"number": number_schema(COMPLAINT_PREFIX)},
)

_COMPLAINT = QuickLoad(ComplaintSchema())


@blp.route("")
class Complaints(MethodView):
    """One's own complaints."""

    @tried_at_once
    @requires(Permission.FILE_COMPLAINT)
    @idempotent("complaint.file", derived={"query_code": query_code_again})
    @blp.documented(
        blp.arguments(ComplaintSchema(), example=EXAMPLE),
        blp.response(201, FilingReceiptSchema()),
        blp.alt_response(409, "CONFLICT"),
        blp.alt_response(429, "TOO_MANY_REQUESTS"),
    )
    def post(self) -> Response:
        """提交诉求。

        坐标可用 WGS-84、GCJ-02、BD-09 或 CGCS2000；没有坐标时须填写地址。
        未同意使用精确位置时，坐标不保存。以同一 Idempotency-Key 重试得到同一编号。
        """
        return filed(filing_of(_COMPLAINT.body()))

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


@blp.route("/<string:number>/supplements")
class Supplements(MethodView):
    """What a reporter adds when the desk asked for it."""

    @requires(Permission.SUPPLEMENT_OWN_COMPLAINT)
    @idempotent("complaint.supplement")
    @blp.arguments(SupplementSchema())
    @blp.response(200, ReceiptSchema())
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def post(self, body: dict[str, Any], number: str) -> Receipt:
        """补充材料。只在“请补充材料”时可用；补充后办理时限继续计算。"""
        return supplement_complaint(
            current_session(), actor=current_actor(), number=number, addition=_addition(body, "text"), desk=desk()
        )


@blp.route("/<string:number>/reopenings")
class Reopenings(MethodView):
    """Another round for a complaint that was closed."""

    @requires(Permission.REOPEN_OWN_COMPLAINT)
    @idempotent("complaint.reopen")
    @blp.arguments(ReopeningSchema())
    @blp.response(200, ReceiptSchema())
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def post(self, body: dict[str, Any], number: str) -> Receipt:
        """要求重新办理已办结的诉求，须在期限内提出。"""
        return reopen_complaint(
            current_session(), actor=current_actor(), number=number, addition=_addition(body, "reason"), desk=desk()
        )


@blp.route("/<string:number>/urges")
class Urges(MethodView):
    """Wishes that somebody hurries."""

    @requires(Permission.URGE_OWN_COMPLAINT)
    @idempotent("complaint.urge")
    @blp.arguments(UrgeSchema())
    @blp.response(201, UrgeReceiptSchema())
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def post(self, body: dict[str, Any], number: str) -> UrgeReceipt:
        """催办，每天一次。须等待他人办理时才可用；`case-urged-today` 的 errors.possible_from 是再次可用的时间。"""
        return urge_complaint(current_session(), actor=current_actor(), number=number, text=body["text"], desk=desk())


@blp.route("/<string:number>/ratings")
class Ratings(MethodView):
    """What its reporter thinks of a round of handling."""

    @requires(Permission.RATE_OWN_COMPLAINT)
    @idempotent("complaint.rate")
    @blp.arguments(RatingSchema())
    @blp.response(201, RatingReceiptSchema())
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def post(self, rating: Rating, number: str) -> RatingReceipt:
        """评价本轮办理，每轮一次：“请评价”时，或办结后的期限内。评价不改变回访结果，也不办结工单。"""
        return rate_complaint(current_session(), actor=current_actor(), number=number, rating=rating, desk=desk())


def _addition(body: dict[str, Any], text: str) -> Addition:
    return Addition(text=body[text], evidence_ids=tuple(body["evidence_ids"]) or None)
