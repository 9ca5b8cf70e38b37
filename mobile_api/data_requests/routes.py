"""Asking for a copy of one's data or for its erasure, following the request, and fetching the copy."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView

from backend.data_protection.queries import RequestView, own_document, own_request, own_requests
from backend.data_protection.use_cases import ask
from backend.identity.permissions import Permission
from backend.organization.queries.city import city_snapshot
from mobile_api.access import current_actor, requires
from mobile_api.blueprint import ApiBlueprint
from mobile_api.data_requests.schemas import AskSchema, CopySchema, DataRequestSchema, DataRequestsSchema
from mobile_api.idempotency import idempotent
from mobile_api.services import services
from mobile_api.transactions import current_session

blp = ApiBlueprint("data_requests", url_prefix="/me/data-requests", description="个人信息副本与注销")


@blp.route("")
class DataRequests(MethodView):
    """One's own requests."""

    @requires(Permission.MANAGE_OWN_DATA)
    @idempotent("data_request.ask")
    @blp.arguments(AskSchema())
    @blp.response(201, DataRequestSchema())
    @blp.alt_response(409, "CONFLICT")
    def post(self, body: dict[str, Any]) -> RequestView:
        """申请个人信息副本或注销。

        注销须在重新登录后十分钟内申请，且不能撤回；有诉求正在办理时，待其办结后执行。15 个工作日内答复。
        副本不含照片，照片在各诉求中查看。
        """
        return ask(
            current_session(),
            actor=current_actor(),
            kind=body["kind"],
            calendar=city_snapshot(current_session()).calendar,
            now=services().clock.now(),
        )

    @requires(Permission.MANAGE_OWN_DATA)
    @blp.response(200, DataRequestsSchema())
    def get(self) -> dict[str, object]:
        """我的申请，最新的在前。"""
        return {"items": own_requests(current_session(), actor=current_actor())}


@blp.route("/<uuid:request_id>")
class OneDataRequest(MethodView):
    """One of one's own requests."""

    @requires(Permission.MANAGE_OWN_DATA)
    @blp.response(200, DataRequestSchema())
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, request_id: uuid.UUID) -> RequestView:
        """申请的办理状态。他人的申请与不存在的申请回答相同。"""
        return own_request(current_session(), actor=current_actor(), request_id=request_id)


@blp.route("/<uuid:request_id>/document")
class Document(MethodView):
    """The copy that was asked for."""

    @requires(Permission.MANAGE_OWN_DATA)
    @blp.response(200, CopySchema(), description="JSON 副本，作为附件")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, request_id: uuid.UUID) -> Response:
        """下载个人信息副本；只有本人登录后可以下载，七天后失效。"""
        document = own_document(
            current_session(),
            actor=current_actor(),
            request_id=request_id,
            sealer=services().sealer,
            now=services().clock.now(),
        )
        headers = {"Content-Disposition": 'attachment; filename="nantong-baitong-copy.json"'}
        return Response(document, mimetype="application/json", headers=headers)
