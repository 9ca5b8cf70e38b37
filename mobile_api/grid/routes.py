"""Grid cells, and what lies at a position: open to everyone, nothing of a position is kept; and a verifier's list."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from backend.cases.task_lists import verification_page
from backend.identity.permissions import Permission
from backend.kernel.geography import Position
from backend.organization.queries.grid import PlaceProposal, cell_page, proposal_at
from mobile_api.access import public, requires
from mobile_api.blueprint import ApiBlueprint
from mobile_api.grid.schemas import CellPageSchema, CellQuery, ProposalSchema, VerificationPageSchema
from mobile_api.pagination import PageQuery, decode_cursor, page_document
from mobile_api.positions import LocationSchema
from mobile_api.readers import reader
from mobile_api.reference.freshness import cacheable
from mobile_api.tasks.positions import task_position
from mobile_api.transactions import current_session

blp = ApiBlueprint("grid", url_prefix="/grid", description="网格与落点")


@blp.route("/cells")
class Cells(MethodView):
    """The cells of a division."""

    @public
    @blp.arguments(CellQuery(), location="query")
    @cacheable
    @blp.response(200, CellPageSchema())
    @blp.alt_response(304, "NOT_MODIFIED")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """区划内的网格，按代码排列；示例网格均有标记。"""
        after = decode_cursor(query["cursor"], parse=str, parts=1)
        page = cell_page(current_session(), division_code=query["division"], limit=query["limit"], after=after)
        return page_document(page, lambda listed: (listed.cell.code,))


@blp.route("/proposals")
class Proposals(MethodView):
    """What lies at a position. A position stands in no address, so that no log and no history keeps it."""

    @public
    @blp.arguments(LocationSchema())
    @blp.response(200, ProposalSchema())
    def post(self, body: dict[str, Any]) -> tuple[PlaceProposal, int, dict[str, str]]:
        """由位置推荐县和网格；只作推荐，以所选镇街、村居为准。不保存位置。"""
        position = Position(longitude=body["longitude"], latitude=body["latitude"])
        proposal = proposal_at(current_session(), position=position, system=body["system"])
        return proposal, 200, {"Cache-Control": "no-store"}


@blp.route("/tasks")
class Verifications(MethodView):
    """What one is to verify on the spot."""

    @requires(Permission.VERIFY_CASE)
    @blp.arguments(PageQuery(), location="query")
    @blp.response(200, VerificationPageSchema())
    def get(self, query: dict[str, Any]) -> dict[str, object]:
        """待我核查的任务，期限最近的在前；本人上报或处置的除外。距离由手机计算，不必提交自己的位置。"""
        after = decode_cursor(query["cursor"], parse=task_position, parts=2)
        page = verification_page(current_session(), reader=reader(), limit=query["limit"], after=after)
        return page_document(page, lambda line: (line.due_at.isoformat(), str(line.id)))
