"""Seeing in full what is masked, and reading who did.

No Idempotency-Key: a stored answer would hold the value (S24).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask import g
from flask.views import MethodView

from backend.cases.numbering import CASE_PREFIX
from backend.cases.reveal_audit import RevealPosition, reveal_marks, reveal_page
from backend.cases.reveals import RevealAsked, Revealed, reveal
from backend.identity.permissions import Permission
from mobile_api.access import requires
from mobile_api.blueprint import ApiBlueprint
from mobile_api.naming import number_schema
from mobile_api.pagination import PageQuery, decode_cursor, page_document
from mobile_api.readers import reader
from mobile_api.reveals.schemas import RevealedSchema, RevealMarksSchema, RevealPageSchema, RevealSchema
from mobile_api.transactions import current_session

blp = ApiBlueprint(
    "reveals",
    url_prefix="",
    description="查看完整信息及其审计",
    path_parameters={"number": number_schema(CASE_PREFIX)},
)


def _position(revealed_at: str, reveal_id: str) -> RevealPosition:
    at = datetime.fromisoformat(revealed_at)
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return RevealPosition(revealed_at=at, reveal_id=uuid.UUID(reveal_id))


@blp.route("/cases/<string:number>/reveals")
class Reveals(MethodView):
    """Masked data of a case, in full."""

    @requires(Permission.REVEAL_PERSONAL_DATA, Permission.REVEAL_IN_HANDS)
    @blp.arguments(RevealSchema())
    @blp.response(200, RevealedSchema())
    @blp.alt_response(404, "NOT_FOUND")
    def post(self, body: dict[str, Any], number: str) -> Revealed:
        """查看工单中脱敏的完整信息；须说明理由，每次查看都留下不可更改的记录。保密和匿名的诉求人不能查看。"""
        asked = RevealAsked(
            number=number, fields=frozenset(body["asked"]), reason=body["reason"], request_id=g.request_id
        )
        return reveal(current_session(), reader=reader(), asked=asked)

    @requires(Permission.READ_LEDGER)
    @blp.response(200, RevealMarksSchema())
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, number: str) -> dict[str, object]:
        """该工单的完整信息被查看的记录：何时、由哪个中心的什么角色、查看了什么。"""
        return {"items": reveal_marks(current_session(), reader=reader(), number=number)}


@blp.route("/audit/reveals")
class RevealAudit(MethodView):
    """All reveals of the auditor's area."""

    @requires(Permission.READ_REVEALS)
    @blp.arguments(PageQuery(), location="query")
    @blp.response(200, RevealPageSchema())
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """审计：谁因何查看了完整信息，最新的在前。"""
        page = reveal_page(
            current_session(),
            reader=reader(),
            limit=query["limit"],
            after=decode_cursor(query["cursor"], parse=_position, parts=2),
        )
        return page_document(page, lambda line: (line.mark.at.isoformat(), str(line.id)))
