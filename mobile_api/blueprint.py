"""The blueprint of every resource: flask-smorest's, which reads JSON our way and documents access and problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar

from flask_smorest import Api, Blueprint
from marshmallow import Schema, fields

from mobile_api.json_bodies import JsonParser
from mobile_api.problems import MEDIA_TYPE

P = ParamSpec("P")
R = TypeVar("R")


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


# What any route may answer, whoever wrote it; then what those answer that read a body, or that ask who is there.
_ANYWHERE = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_READING = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """A resource of the API. ``path_parameters`` give the form of each name that its paths hold in angle brackets."""

    ARGUMENTS_PARSER = JsonParser()

    def __init__(
        self,
        name: str,
        *,
        url_prefix: str,
        description: str,
        path_parameters: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        self._path_parameters = path_parameters or {}
        super().__init__(name, name, url_prefix=url_prefix, description=description)
        self._prepare_doc_cbks += [self._prepare_access_doc, self._prepare_refusals_doc]

    def add_url_rule(self, rule: str, *args: Any, parameters: Sequence[Any] | None = None, **options: Any) -> None:
        """Document the names that the rule holds."""
        known = [
            {"in": "path", "name": name, "required": True, "schema": dict(schema)}
            for name, schema in self._path_parameters.items()
            if f"{name}>" in rule
        ]
        super().add_url_rule(rule, *args, parameters=[*known, *(parameters or ())], **options)

    @staticmethod
    def documented(*contract: Callable[[Any], Any]) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Print the contract of a hot route, and leave its view to keep it: nothing stands between caller and view.

        What ``arguments`` and ``response`` do for a request costs some of these as much as all they do; a test shows
        for each that it takes and writes what its schemas say.
        """

        def decorate(view: Callable[P, R]) -> Callable[P, R]:
            def shell() -> None:
                """Carry the documentation of the decorators that are put around it."""

            told: Any = shell
            for decorator in reversed(contract):
                told = decorator(told)
            view._apidoc = told._apidoc  # type: ignore[attr-defined]  # where flask-smorest looks for it
            return view

        return decorate

    @staticmethod
    def doc(*, parameters: Sequence[Any] = (), **more: Any) -> Callable[[Any], Any]:
        """Add to an operation's documentation. flask-smorest's own would put its parameters in place of all others."""

        def decorate(view: Any) -> Any:
            documented = Blueprint.doc(**more)(view)
            documented._apidoc.setdefault("arguments", {}).setdefault("parameters", []).extend(parameters)
            return documented

        return decorate

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
        elif access.permissions:
            doc["x-permission"] = " | ".join(permission.value for permission in access.permissions)
        return doc

    @staticmethod
    def _prepare_refusals_doc(doc: dict[str, Any], doc_info: dict[str, Any], **_unused: Any) -> dict[str, Any]:
        """Add the refusals that no view writes down, because what stands around every view makes them."""
        access = doc_info.get("access")
        refusals = list(_ANYWHERE)
        if "requestBody" in doc:
            refusals += _READING
        if access is not None and not access.public:
            refusals.append(HTTPStatus.UNAUTHORIZED)
        if access is not None and access.permissions:
            refusals.append(HTTPStatus.FORBIDDEN)
        for status in refusals:
            doc["responses"].setdefault(int(status), status.name)
        return doc
