"""The texts that people are asked to agree to, open to everyone; and one's own answers."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from backend.consents.queries import Standing, standings_of, texts_on
from backend.consents.use_cases import Answer, answer_consent
from backend.identity.permissions import Permission
from backend.kernel.clock import SHANGHAI
from mobile_api.access import current_actor, public, requires
from mobile_api.blueprint import ApiBlueprint
from mobile_api.consents.schemas import AnswerSchema, ConsentTextsSchema, StandingSchema, StandingsSchema
from mobile_api.services import services
from mobile_api.transactions import current_session

blp = ApiBlueprint("consents", url_prefix="", description="同意与撤回")


@blp.route("/consents/texts")
class ConsentTexts(MethodView):
    """The texts in force."""

    @public
    @blp.response(200, ConsentTextsSchema())
    def get(self) -> dict[str, object]:
        """现行的隐私政策与各项单独同意的文本。"""
        day = services().clock.now().astimezone(SHANGHAI).date()
        return {"items": texts_on(current_session(), day)}


@blp.route("/me/consents")
class MyConsents(MethodView):
    """One's own answers."""

    @requires(Permission.MANAGE_OWN_DATA)
    @blp.response(200, StandingsSchema())
    def get(self) -> dict[str, object]:
        """我对各项用途的同意情况；outdated 表示文本已更新，须重新征得同意。"""
        day = services().clock.now().astimezone(SHANGHAI).date()
        return {"items": standings_of(current_session(), actor=current_actor(), day=day)}

    @requires(Permission.MANAGE_OWN_DATA)
    @blp.arguments(AnswerSchema())
    @blp.response(200, StandingSchema())
    @blp.alt_response(429, "TOO_MANY_REQUESTS")
    def post(self, body: dict[str, Any]) -> Standing:
        """同意或撤回一项用途。重复提交同一回答不产生新的记录。"""
        answer = Answer(purpose=body["purpose"], version=body["version"], is_given=body["given"])
        return answer_consent(current_session(), actor=current_actor(), answer=answer, now=services().clock.now())
