"""The desk: queues, one case, its moves and its ledger."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask.views import MethodView

from backend.cases.ledger_view import ledger_lines
from backend.cases.queries import QueuePosition
from backend.cases.rules import Move
from backend.cases.use_cases import MoveReceipt, move_case
from backend.cases.views import CaseDetail, case_detail, queue_page
from backend.identity.permissions import Permission
from mobile_api.access import current_actor, requires
from mobile_api.blueprint import ApiBlueprint
from mobile_api.cases.schemas import (
    CaseDetailSchema,
    CasePageSchema,
    LedgerSchema,
    MoveReceiptSchema,
    MoveSchema,
    QueueQuery,
)
from mobile_api.etags import IF_MATCH_PARAMETER, required_version, version_tag
from mobile_api.idempotency import idempotent
from mobile_api.pagination import decode_cursor, page_document
from mobile_api.readers import desk, reader
from mobile_api.transactions import current_session

blp = ApiBlueprint("cases", url_prefix="/cases", description="指挥中心工单")


def _queue_position(next_due_at: str, case_id: str) -> QueuePosition:
    at = datetime.fromisoformat(next_due_at)
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return QueuePosition(next_due_at=at, case_id=uuid.UUID(case_id))


@blp.route("")
class Cases(MethodView):
    """The queues of the reader's centres."""

    @requires(Permission.READ_CASE)
    @blp.arguments(QueueQuery(), location="query")
    @blp.response(200, CasePageSchema())
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """工单队列，期限最近的在前；不统计总数。"""
        page = queue_page(
            current_session(),
            reader=reader(),
            queue=query["queue"],
            scope=query["scope"],
            limit=query["limit"],
            after=decode_cursor(query["cursor"], parse=_queue_position, parts=2),
        )
        return page_document(page, lambda line: (line.next_due_at.isoformat(), str(line.id)))


@blp.route("/<string:number>")
class OneCase(MethodView):
    """One case of the reader's area."""

    @requires(Permission.READ_CASE)
    @blp.response(200, CaseDetailSchema())
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, number: str) -> tuple[CaseDetail, int, dict[str, str]]:
        """工单详情；响应头 ETag 用于下一步操作的 If-Match。辖区外的工单与不存在的工单回答相同。"""
        detail = case_detail(current_session(), reader=reader(), number=number)
        return detail, 200, {"ETag": version_tag(detail.line.version)}


@blp.route("/<string:number>/moves")
class Moves(MethodView):
    """Moves of a case."""

    @requires(Permission.READ_CASE)
    @idempotent("case.move")
    @blp.arguments(MoveSchema())
    @blp.response(201, MoveReceiptSchema())
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(412, "PRECONDITION_FAILED")
    @blp.alt_response(428, "PRECONDITION_REQUIRED")
    @blp.doc(parameters=[IF_MATCH_PARAMETER])
    def post(self, body: dict[str, Any], number: str) -> tuple[MoveReceipt, int, dict[str, str]]:
        """办理工单：受理、直接答复、不予受理、撤销。须带 If-Match 和 Idempotency-Key。"""
        receipt = move_case(
            current_session(),
            actor=current_actor(),
            number=number,
            seen_version=required_version(),
            move=Move(**body),
            desk=desk(),
        )
        return receipt, 201, {"ETag": version_tag(receipt.version)}


@blp.route("/<string:number>/ledger")
class Ledger(MethodView):
    """The ledger of a case."""

    @requires(Permission.READ_LEDGER)
    @blp.response(200, LedgerSchema())
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, number: str) -> dict[str, object]:
        """工单台账：逐条链接的办理记录，只增不改。"""
        return {"items": ledger_lines(current_session(), reader=reader(), number=number)}
