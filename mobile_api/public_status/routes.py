"""Public status 公开查询: without signing in, by number and query code."""

from __future__ import annotations

from flask import Response
from flask.views import MethodView

from backend.cases.numbering import COMPLAINT_PREFIX
from backend.complaints.public_status import StatusTry, count_wrong_try, public_status
from mobile_api.access import public
from mobile_api.blueprint import ApiBlueprint
from mobile_api.current import current_request
from mobile_api.etags import VERSION_HEADERS
from mobile_api.naming import number_schema
from mobile_api.public_status.answers import answered, asked_code
from mobile_api.public_status.schemas import PublicStatusSchema, StatusQuery
from mobile_api.services import services
from mobile_api.transactions import current_session

blp = ApiBlueprint(
    "public-status",
    url_prefix="/public/complaints",
    description="公开查询",
    path_parameters={"number": number_schema(COMPLAINT_PREFIX)},
)


@blp.route("/<string:number>")
class OneStatus(MethodView):
    """How one complaint stands."""

    @public
    @blp.documented(
        blp.arguments(StatusQuery(), location="query"),
        blp.response(200, PublicStatusSchema(), headers=VERSION_HEADERS),
        blp.alt_response(304, "NOT_MODIFIED"),
        blp.alt_response(404, "NOT_FOUND"),
        blp.alt_response(429, "TOO_MANY_REQUESTS"),
    )
    def get(self, number: str) -> Response:
        """凭编号和查询码查询进度，无需登录。

        只回答大致状态和日期。编号不存在与查询码有误回答相同；有误的次数过多时，正确的查询码也要等待。
        """
        attempt = StatusTry(number=number, code=asked_code(), address=current_request().remote_addr)
        doors = services()
        now = doors.clock.now()
        told = public_status(doors.database.reads, attempt=attempt, sealer=doors.sealer, now=now)
        return answered(told or count_wrong_try(current_session(), attempt=attempt, sealer=doors.sealer, now=now))
