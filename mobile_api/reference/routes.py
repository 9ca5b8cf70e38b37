"""What apps choose from, open to everyone and kept by caches."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from backend.kernel.clock import SHANGHAI
from backend.organization.queries.reference import (
    CategoryChoices,
    DivisionChoices,
    ListedCentre,
    category_choices,
    division_choices,
    listed_centres,
    request_type_choices,
)
from backend.organization.rules.categories import RequestType
from mobile_api.access import public
from mobile_api.blueprint import ApiBlueprint
from mobile_api.reference.freshness import cacheable
from mobile_api.reference.schemas import (
    CategoryChoicesSchema,
    CategoryQuery,
    CentresSchema,
    DivisionChoicesSchema,
    DivisionQuery,
    RequestTypesSchema,
)
from mobile_api.services import services
from mobile_api.transactions import current_session

blp = ApiBlueprint("reference", url_prefix="/reference", description="区划、事项类别、诉求类型与指挥中心")


@blp.route("/divisions")
class Divisions(MethodView):
    """Divisions to choose from."""

    @public
    @blp.arguments(DivisionQuery(), location="query")
    @cacheable
    @blp.response(200, DivisionChoicesSchema())
    @blp.alt_response(304, "NOT_MODIFIED")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, query: dict[str, Any]) -> DivisionChoices:
        """可以选择的下级区划；不含虚拟村居和统计用功能区。"""
        return division_choices(current_session(), query["parent"])


@blp.route("/categories")
class Categories(MethodView):
    """Categories to choose from."""

    @public
    @blp.arguments(CategoryQuery(), location="query")
    @cacheable
    @blp.response(200, CategoryChoicesSchema())
    @blp.alt_response(304, "NOT_MODIFIED")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, query: dict[str, Any]) -> CategoryChoices:
        """今天有效的事项类别，含时限与标记。"""
        today = services().clock.now().astimezone(SHANGHAI).date()
        return category_choices(current_session(), tree=query["tree"], on=today)


@blp.route("/request-types")
class RequestTypes(MethodView):
    """Request types to choose from."""

    @public
    @cacheable
    @blp.response(200, RequestTypesSchema())
    @blp.alt_response(304, "NOT_MODIFIED")
    def get(self) -> dict[str, tuple[RequestType, ...]]:
        """诉求类型，最常用的在前。"""
        return {"items": request_type_choices(current_session())}


@blp.route("/centres")
class Centres(MethodView):
    """The command centres."""

    @public
    @cacheable
    @blp.response(200, CentresSchema())
    @blp.alt_response(304, "NOT_MODIFIED")
    def get(self) -> dict[str, tuple[ListedCentre, ...]]:
        """市、县、镇三级指挥中心。"""
        return {"items": listed_centres(current_session())}
