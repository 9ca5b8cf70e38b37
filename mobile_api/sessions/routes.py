"""Signing in and out. No Idempotency-Key here: a stored answer would hold tokens (S24)."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response
from flask.views import MethodView

from backend.identity.errors import CodeRefused, CodesLimited, PasswordRefused, RefreshRefused, TriesLimited
from backend.identity.use_cases.codes import CodeIssued, issue_code
from backend.identity.use_cases.sessions import SignedIn, end_session, refresh_session
from backend.identity.use_cases.sign_in import sign_in_citizen, sign_in_operator
from mobile_api.access import current_actor, public, signed_in
from mobile_api.blueprint import ApiBlueprint
from mobile_api.services import services
from mobile_api.sessions.answers import code_request, code_try, doors, kept, password_try
from mobile_api.sessions.schemas import (
    ChallengeSchema,
    CitizenSignInSchema,
    CodeRequestSchema,
    OperatorSignInSchema,
    RefreshSchema,
    TokensSchema,
)
from mobile_api.transactions import after_commit, current_session

blp = ApiBlueprint("sessions", url_prefix="/sessions", description="登录与会话")


def _send(result: CodeIssued | CodesLimited) -> CodeIssued | CodesLimited:
    """Have an issued code sent once its row is committed."""
    if isinstance(result, CodeIssued):
        after_commit(partial(services().sms.send, result.phone, result.text))
    return result


@blp.route("/codes")
class Codes(MethodView):
    """Sign-in codes."""

    @public
    @blp.arguments(CodeRequestSchema())
    @blp.response(201, ChallengeSchema())
    @blp.alt_response(429, "TOO_MANY_REQUESTS")
    @blp.alt_response(503, "SERVICE_UNAVAILABLE")
    def post(self, body: dict[str, Any]) -> CodeIssued | Response:
        """获取登录验证码。

        无论号码是否注册，回答相同。验证码 5 分钟内有效，只能使用一次。
        """
        issued = issue_code(
            current_session(), sealer=services().sealer, request=code_request(body), now=services().clock.now()
        )
        return kept(_send(issued))


@blp.route("")
class Sessions(MethodView):
    """Sessions of citizens."""

    @public
    @blp.arguments(CitizenSignInSchema())
    @blp.response(201, TokensSchema())
    @blp.alt_response(401, "UNAUTHORIZED")
    @blp.alt_response(429, "TOO_MANY_REQUESTS")
    def post(self, body: dict[str, Any]) -> SignedIn | CodeRefused | TriesLimited | Response:
        """市民以短信验证码登录；首次登录即注册。"""
        return kept(
            sign_in_citizen(current_session(), doors=doors(), attempt=code_try(body), now=services().clock.now())
        )


@blp.route("/operator")
class OperatorSessions(MethodView):
    """Sessions of operators."""

    @public
    @blp.arguments(OperatorSignInSchema())
    @blp.response(201, TokensSchema())
    @blp.alt_response(401, "UNAUTHORIZED")
    @blp.alt_response(429, "TOO_MANY_REQUESTS")
    @blp.alt_response(503, "SERVICE_UNAVAILABLE")
    def post(self, body: dict[str, Any]) -> SignedIn | PasswordRefused | TriesLimited | Response:
        """工作人员以账号和密码登录。"""
        return kept(
            sign_in_operator(
                current_session(),
                doors=doors(),
                passwords=services().passwords,
                attempt=password_try(body),
                now=services().clock.now(),
            )
        )


@blp.route("/refresh")
class Refreshes(MethodView):
    """Refreshes of a session."""

    @public
    @blp.arguments(RefreshSchema())
    @blp.response(200, TokensSchema())
    @blp.alt_response(401, "UNAUTHORIZED")
    def post(self, body: dict[str, Any]) -> SignedIn | RefreshRefused | Response:
        """换取新的令牌。

        旧的刷新令牌随即作废；30 秒内以同一令牌重试得到同一个新令牌，更晚的重复使用会结束该会话。
        """
        return kept(
            refresh_session(
                current_session(),
                doors=doors(),
                refresh_token=body["refresh_token"],
                now=services().clock.now(),
            )
        )


@blp.route("/current")
class CurrentSession(MethodView):
    """The session that asks."""

    @signed_in
    @blp.response(204)
    def delete(self) -> None:
        """退出登录。"""
        end_session(current_session(), actor=current_actor(), now=services().clock.now())
