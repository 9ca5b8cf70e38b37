"""Signing in and out. No Idempotency-Key here: a stored answer would hold tokens (S24)."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from flask import Response
from flask.views import MethodView

from backend.identity.errors import CodeRefused, CodesLimited, RefreshRefused, SignInRefused, TriesLimited
from backend.identity.queries import sessions_of
from backend.identity.use_cases.codes import CodeIssued, issue_code
from backend.identity.use_cases.operator_sign_in import Challenge, prove_password, prove_second_factor
from backend.identity.use_cases.sessions import (
    SignedIn,
    end_all_sessions,
    end_one_session,
    end_session,
    refresh_session,
)
from backend.identity.use_cases.sign_in import sign_in_citizen
from mobile_api.access import current_actor, public, signed_in
from mobile_api.blueprint import ApiBlueprint
from mobile_api.services import services
from mobile_api.sessions.answers import code_request, code_try, doors, factor_try, kept, password_try
from mobile_api.sessions.schemas import (
    ChallengeSchema,
    CitizenSignInSchema,
    CodeRequestSchema,
    EndedSchema,
    FactorChallengeSchema,
    MySessionsSchema,
    OperatorSignInSchema,
    RefreshSchema,
    SecondFactorSchema,
    SignOutQuery,
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
    """Sessions: begun by citizens, listed and ended by whoever is signed in."""

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

    @signed_in
    @blp.response(200, MySessionsSchema())
    def get(self) -> dict[str, object]:
        """我的登录设备，最近登录的在前。"""
        items = sessions_of(
            current_session(), sealer=services().sealer, actor=current_actor(), now=services().clock.now()
        )
        return {"items": items}

    @signed_in
    @blp.arguments(SignOutQuery(), location="query")
    @blp.response(200, EndedSchema())
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def delete(self, query: dict[str, Any]) -> dict[str, int]:
        """退出全部设备，回答退出的数量；`keep_current=true` 时保留本设备。"""
        ended = end_all_sessions(
            current_session(),
            actor=current_actor(),
            keeps_current=query["keep_current"],
            now=services().clock.now(),
        )
        return {"ended": ended}


@blp.route("/<uuid:session_id>")
class OneSession(MethodView):
    """One of one's own sessions."""

    @signed_in
    @blp.response(204)
    @blp.alt_response(404, "NOT_FOUND")
    def delete(self, session_id: uuid.UUID) -> None:
        """退出我的一个设备；他人的、已退出的与不存在的回答相同。"""
        end_one_session(current_session(), actor=current_actor(), session_id=session_id, now=services().clock.now())


@blp.route("/operator")
class OperatorSessions(MethodView):
    """The first half of an operator's sign-in."""

    @public
    @blp.arguments(OperatorSignInSchema())
    @blp.response(201, FactorChallengeSchema())
    @blp.alt_response(429, "TOO_MANY_REQUESTS")
    @blp.alt_response(503, "SERVICE_UNAVAILABLE")
    def post(self, body: dict[str, Any]) -> Challenge | TriesLimited | Response:
        """工作人员登录第一步：账号和密码。

        无论账号是否存在、密码是否正确，都回答一个 5 分钟内有效的登录凭据，第二步才给出结果。
        密码正确但尚未绑定动态口令时，`enrolment` 给出绑定用的密钥与地址，仅此一次。
        """
        return kept(
            prove_password(
                current_session(),
                doors=doors(),
                passwords=services().passwords,
                attempt=password_try(body),
                now=services().clock.now(),
            )
        )


@blp.route("/operator/second-factor")
class SecondFactors(MethodView):
    """The second half of an operator's sign-in."""

    @public
    @blp.arguments(SecondFactorSchema())
    @blp.response(201, TokensSchema())
    @blp.alt_response(401, "UNAUTHORIZED")
    @blp.alt_response(429, "TOO_MANY_REQUESTS")
    def post(self, body: dict[str, Any]) -> SignedIn | SignInRefused | TriesLimited | Response:
        """工作人员登录第二步：动态口令。

        须在同一设备上完成。同一动态口令只能使用一次；账号、密码与动态口令中哪一项有误不作区分。
        """
        return kept(
            prove_second_factor(current_session(), doors=doors(), attempt=factor_try(body), now=services().clock.now())
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
