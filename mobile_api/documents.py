"""The API document at /openapi.json, and a page to read and try it at /docs, all from this server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import flask_swagger_ui
import orjson
from flask import Blueprint, Response, send_from_directory
from werkzeug.exceptions import NotFound

from mobile_api.access import public
from mobile_api.blueprint import ProblemApi

_ASSETS = Path(flask_swagger_ui.__file__).parent / "dist"
_PROBLEMS = Path(__file__).resolve().parents[1] / "docs" / "problems"
_PROBLEM_CODE = re.compile("[a-z][a-z0-9-]{2,60}")
_START_SCRIPT = b"""window.ui = SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, persistAuthorization: true,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout",
});
"""
_PAGE = b"""<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>\xe5\x8d\x97\xe9\x80\x9a\xe7\x99\xbe\xe9\x80\x9a API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
"""


def openapi_text(api: ProblemApi) -> bytes:
    """Return the API document, in one order for ever, so that the committed snapshot shows real changes only."""
    document: dict[str, Any] = api.spec.to_dict()
    return orjson.dumps(
        document,
        default=lambda piece: piece.to_dict(),
        option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE,
    )


def blueprint(api: ProblemApi) -> Blueprint:
    """Return the routes of the document and its page."""
    blp = Blueprint("documents", __name__)
    text = openapi_text(api)

    @blp.get("/openapi.json")
    @public
    def openapi() -> Response:
        return Response(text, mimetype="application/json")

    @blp.get("/docs")
    @public
    def page() -> Response:
        return Response(_PAGE, mimetype="text/html")

    @blp.get("/docs/start.js")
    @public
    def start_script() -> Response:
        return Response(_START_SCRIPT, mimetype="text/javascript")

    @blp.get("/docs/assets/<path:name>")
    @public
    def asset(name: str) -> Response:
        return send_from_directory(_ASSETS, name, max_age=86_400)

    @blp.get("/problems/<string:code>")
    @public
    def problem(code: str) -> Response:
        """Show what a problem means and what an app should do."""
        page = _PROBLEMS / f"{code}.md"
        if not _PROBLEM_CODE.fullmatch(code) or not page.is_file():
            raise NotFound
        return Response(page.read_bytes(), content_type="text/markdown; charset=utf-8")

    return blp
