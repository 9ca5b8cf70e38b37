"""A grid worker's reports: from the spot, and what became of them."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from backend.cases.numbering import GRID_REPORT_PREFIX
from backend.grid_reports.queries import own_reports
from backend.grid_reports.supplementing import Supplement, SupplementReceipt, supplement_report
from backend.grid_reports.use_cases import GridReceipt, file_grid_report
from backend.identity.permissions import Permission
from mobile_api.access import current_actor, requires
from mobile_api.blueprint import ApiBlueprint
from mobile_api.grid_reports.requests import list_position, report_of
from mobile_api.grid_reports.schemas import (
    GridReceiptSchema,
    GridReportPageSchema,
    GridReportSchema,
    GridSupplementReceiptSchema,
    GridSupplementSchema,
)
from mobile_api.idempotency import idempotent
from mobile_api.naming import number_schema
from mobile_api.pagination import PageQuery, decode_cursor, page_document
from mobile_api.readers import desk, reader
from mobile_api.services import services
from mobile_api.transactions import current_session

blp = ApiBlueprint(
    "grid-reports",
    url_prefix="/grid-reports",
    description="网格员上报",
    path_parameters={"number": number_schema(GRID_REPORT_PREFIX)},
)


@blp.route("")
class GridReports(MethodView):
    """One's own reports."""

    @requires(Permission.REPORT_FROM_GRID)
    @idempotent("grid_report.file")
    @blp.arguments(GridReportSchema())
    @blp.response(201, GridReceiptSchema())
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(429, "TOO_MANY_REQUESTS")
    def post(self, body: dict[str, Any]) -> GridReceipt:
        """上报；可同时填写当场处置的结果。

        同一 client_id 的同一内容重发，无论 Idempotency-Key 是否相同，都得到同一回执，不会重复立案。
        位置、描述和照片（有实物的类别）齐全的上报自动受理，否则由受理员审核。
        """
        quota = services().settings.grid_report_daily_quota
        return file_grid_report(
            current_session(), actor=current_actor(), report=report_of(body), daily_quota=quota, desk=desk()
        )

    @requires(Permission.REPORT_FROM_GRID)
    @blp.arguments(PageQuery(), location="query")
    @blp.response(200, GridReportPageSchema())
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """我的上报及办理情况，最近发现的在前。"""
        after = decode_cursor(query["cursor"], parse=list_position, parts=2)
        page = own_reports(current_session(), reader=reader(), limit=query["limit"], after=after)
        return page_document(page, lambda line: (line.captured_at.isoformat(), str(line.client_id)))


@blp.route("/<string:number>/supplements")
class GridSupplements(MethodView):
    """What a grid worker adds when the desk asked for it."""

    @requires(Permission.REPORT_FROM_GRID)
    @idempotent("grid_report.supplement")
    @blp.arguments(GridSupplementSchema())
    @blp.response(200, GridSupplementReceiptSchema())
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def post(self, body: dict[str, Any], number: str) -> SupplementReceipt:
        """补充本人的上报。只在 state 为 supplement 时可用，缺什么见列表的 missing；补充后办理时限继续计算。"""
        supplement = Supplement(text=body["text"], evidence_ids=tuple(body["evidence_ids"]) or None)
        return supplement_report(
            current_session(), actor=current_actor(), number=number, supplement=supplement, desk=desk()
        )
