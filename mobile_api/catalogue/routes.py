"""The catalogue, open to everyone: read from the memory of the process, kept by caches, asked about by ETag."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response
from flask.views import MethodView

from mobile_api.access import public
from mobile_api.blueprint import ApiBlueprint
from mobile_api.catalogue.memory import from_memory, made, snapshot
from mobile_api.catalogue.requests import ServiceQuery, SuggestionQuery, TreeQuery
from mobile_api.catalogue.schemas import (
    AppsSchema,
    AppTreeSchema,
    ServicePageSchema,
    ServiceSchema,
    SuggestionsSchema,
    TopicsSchema,
)
from mobile_api.pagination import CursorRefused, decode_cursor, encode_cursor
from service_catalog.browsing.detail import service_document
from service_catalog.browsing.listing import PlaceUnknown, ServiceFilter, parse_place, services_page
from service_catalog.browsing.trees import app_document, apps_document, suggestions_document, topics_document

blp = ApiBlueprint(
    "catalogue",
    url_prefix="/catalogue",
    description="服务目录：子应用、主题、事项与搜索",
    path_parameters={
        "app_code": {"type": "string", "pattern": "^[0-9A-Za-z-]{1,20}$", "maxLength": 20, "example": "A03"},
        "service_code": {
            "type": "string",
            "pattern": "^NT-[0-9a-f]{10}-[0-9X]{6,12}$",
            "maxLength": 26,
            "example": "NT-0bddcb26db-320600",
        },
    },
)
_PLACE_PARTS = 4


@blp.route("/apps")
class Apps(MethodView):
    """The sub-apps."""

    @public
    @from_memory
    @blp.response(200, AppsSchema())
    @blp.alt_response(304, "NOT_MODIFIED")
    def get(self) -> Response:
        """有事项的子应用。"""
        return made(apps_document(snapshot()))


@blp.route("/apps/<string:app_code>")
class App(MethodView):
    """One sub-app."""

    @public
    @from_memory
    @blp.arguments(TreeQuery(), location="query")
    @blp.response(200, AppTreeSchema())
    @blp.alt_response(304, "NOT_MODIFIED")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, query: dict[str, Any], app_code: str) -> Response:
        """一个子应用的主题与事项；每个事项只出现一次。"""
        return made(app_document(snapshot(), app_code, query["area"]))


@blp.route("/services")
class Services(MethodView):
    """Services."""

    @public
    @from_memory
    @blp.arguments(ServiceQuery(), location="query")
    @blp.response(200, ServicePageSchema())
    @blp.alt_response(304, "NOT_MODIFIED")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, query: dict[str, Any]) -> Response:
        """事项列表：按事项归并，先显示用户所在区县的；带 q 时按相关程度排序，最多 200 项。"""
        wanted = ServiceFilter(
            query=query["q"],
            app=query["app"],
            topic=query["topic"],
            audience=query["audience"],
            area=query["area"],
            depth=query["depth"],
        )
        after = decode_cursor(query["cursor"], parse=partial(parse_place, wanted), parts=_PLACE_PARTS)
        try:
            page = services_page(snapshot(), wanted, after=after, limit=query["limit"])
        except PlaceUnknown as error:
            raise CursorRefused from error
        cursor = None if page.after is None else encode_cursor(*page.after, wanted.mark)
        return made(page.document | {"next_cursor": cursor})


@blp.route("/services/<string:service_code>")
class Service(MethodView):
    """One service."""

    @public
    @from_memory
    @blp.response(200, ServiceSchema())
    @blp.alt_response(304, "NOT_MODIFIED")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, service_code: str) -> Response:
        """一个地区的一个事项：除数据同步外的全部字段、材料、收费、常见问题与办理环节。"""
        return made(service_document(snapshot(), service_code))


@blp.route("/topics")
class Topics(MethodView):
    """The topics."""

    @public
    @from_memory
    @blp.response(200, TopicsSchema())
    @blp.alt_response(304, "NOT_MODIFIED")
    def get(self) -> Response:
        """有事项的主题，含事项数。"""
        return made(topics_document(snapshot()))


@blp.route("/suggestions")
class Suggestions(MethodView):
    """Titles to offer."""

    @public
    @from_memory
    @blp.arguments(SuggestionQuery(), location="query")
    @blp.response(200, SuggestionsSchema())
    @blp.alt_response(304, "NOT_MODIFIED")
    def get(self, query: dict[str, Any]) -> Response:
        """边输入边提示的事项名称。"""
        return made(suggestions_document(snapshot(), query["q"]))
