"""The desk: queues, one case, its moves and its ledger."""

from __future__ import annotations

from flask import Response
from flask.views import MethodView

from backend.cases.ledger_view import ledger_lines
from backend.cases.numbering import CASE_PREFIX
from backend.cases.queue_view import queue_page
from backend.cases.rules import Move
from backend.cases.use_cases import MoveReceipt, move_case
from backend.cases.views import CaseDetail, case_detail
from backend.identity.permissions import Permission
from mobile_api.access import current_actor, requires
from mobile_api.at_once import NotAtOnce, is_at_once, tried_at_once
from mobile_api.blueprint import ApiBlueprint
from mobile_api.cases.move_schemas import MoveReceiptSchema, MoveSchema
from mobile_api.cases.queue_answers import asked_queue, queue_answer
from mobile_api.cases.schemas import (
    CaseDetailSchema,
    CasePageSchema,
    LedgerSchema,
    QueueQuery,
)
from mobile_api.etags import IF_MATCH_PARAMETER, VERSION_HEADERS, required_version, version_tag
from mobile_api.idempotency import idempotent
from mobile_api.naming import number_schema
from mobile_api.readers import asker, desk, reader
from mobile_api.services import services
from mobile_api.transactions import current_session

# A desk sees the cases of its area; a unit and a verifier, those that they have a task in.
_REACH = (Permission.READ_CASE, Permission.READ_TASK, Permission.VERIFY_CASE)

blp = ApiBlueprint(
    "cases", url_prefix="/cases", description="指挥中心工单", path_parameters={"number": number_schema(CASE_PREFIX)}
)


@blp.route("")
class Cases(MethodView):
    """The queues of the reader's centres."""

    @tried_at_once
    @requires(Permission.READ_CASE)
    @blp.documented(blp.arguments(QueueQuery(), location="query"), blp.response(200, CasePageSchema()))
    def get(self) -> Response:
        """工单队列，期限最近的在前；不统计总数。"""
        page = queue_page(services().database.reads, asker=asker(), asked=asked_queue())
        if is_at_once() and not page.items:
            raise NotAtOnce
        return queue_answer(page)


@blp.route("/<string:number>")
class OneCase(MethodView):
    """One case of the reader's area."""

    @requires(*_REACH)
    @blp.response(200, CaseDetailSchema(), headers=VERSION_HEADERS)
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, number: str) -> tuple[CaseDetail, int, dict[str, str]]:
        """工单详情；响应头 ETag 用于下一步操作的 If-Match。辖区外的工单与不存在的工单回答相同。"""
        detail = case_detail(current_session(), reader=reader(), number=number)
        return detail, 200, {"ETag": version_tag(detail.line.version)}


@blp.route("/<string:number>/moves")
class Moves(MethodView):
    """Moves of a case."""

    @requires(*_REACH)
    @idempotent("case.move")
    @blp.arguments(MoveSchema(), example={"action": "accept"})
    @blp.response(201, MoveReceiptSchema(), headers=VERSION_HEADERS)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(412, "PRECONDITION_FAILED")
    @blp.alt_response(428, "PRECONDITION_REQUIRED")
    @blp.doc(parameters=[IF_MATCH_PARAMETER])
    def post(self, move: Move, number: str) -> tuple[MoveReceipt, int, dict[str, str]]:
        """办理工单。当前可做的操作及其内容见工单详情的 possible_moves。须带 If-Match 和 Idempotency-Key。"""
        receipt = move_case(
            current_session(),
            actor=current_actor(),
            number=number,
            seen_version=required_version(),
            move=move,
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
