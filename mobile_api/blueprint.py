"""The blueprint of every resource: flask-smorest's, which reads JSON our way and documents access and problems."""

from __future__ import annotations

from typing import Any

from flask_smorest import Api, Blueprint
from marshmallow import Schema, fields

from mobile_api.json_bodies import JsonParser
from mobile_api.problems import MEDIA_TYPE


class ProblemSchema(Schema):
    """RFC 9457 problem details, with the members that every refusal of this API has."""

    type = fields.String(required=True, metadata={"description": "说明页地址 /problems/{code}"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "给用户看的中文说明"})
    code = fields.String(required=True, metadata={"description": "稳定的错误代码，供程序判断"})
    retryable = fields.Boolean(required=True, metadata={"description": "稍后用同一请求重试是否可能成功"})
    trace_id = fields.String(required=True, metadata={"description": "追踪号，与日志一致"})
    errors = fields.Dict(metadata={"description": "按位置和字段列出的错误"})


class ProblemApi(Api):  # type: ignore[misc]  # flask-smorest is untyped
    """The API document, in which errors are problem details."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_RESPONSE_CONTENT_TYPE: str = "application/json"

    def _register_responses(self) -> None:
        # flask-smorest 0.47 documents errors with the media type of results; there is no public setting for it.
        kept = self.DEFAULT_RESPONSE_CONTENT_TYPE
        self.DEFAULT_RESPONSE_CONTENT_TYPE = MEDIA_TYPE
        try:
            super()._register_responses()
        finally:
            self.DEFAULT_RESPONSE_CONTENT_TYPE = kept

    def _register_error_handlers(self) -> None:
        """Leave the handlers to ``mobile_api.problems``."""


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """A resource of the API."""

    ARGUMENTS_PARSER = JsonParser()

    def __init__(self, name: str, *, url_prefix: str, description: str) -> None:
        super().__init__(name, name, url_prefix=url_prefix, description=description)
        self._prepare_doc_cbks.append(self._prepare_access_doc)

    def _store_endpoint_docs(self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any) -> None:
        """Keep each method's access rule beside its documentation, for the callback below."""
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        for method, info in self._docs[endpoint].items():
            if method != "parameters":
                info["access"] = getattr(getattr(obj, method, obj), "access", None)

    @staticmethod
    def _prepare_access_doc(doc: dict[str, Any], doc_info: dict[str, Any], **_unused: Any) -> dict[str, Any]:
        access = doc_info.get("access")
        if access is None or access.public:
            doc["security"] = []
        elif access.permission is not None:
            doc["x-permission"] = access.permission.value
        return doc
