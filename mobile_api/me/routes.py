"""Who is signed in."""

from __future__ import annotations

from flask.views import MethodView

from backend.organization.queries.people import Me, me_of
from mobile_api.access import current_actor, signed_in
from mobile_api.blueprint import ApiBlueprint
from mobile_api.me.schemas import MeSchema
from mobile_api.services import services
from mobile_api.transactions import current_session

blp = ApiBlueprint("me", url_prefix="/me", description="当前登录人")


@blp.route("")
class MyProfile(MethodView):
    """The signed-in person."""

    @signed_in
    @blp.response(200, MeSchema())
    def get(self) -> Me:
        """当前登录人的资料，个人信息已脱敏。"""
        return me_of(current_session(), sealer=services().sealer, actor=current_actor())
