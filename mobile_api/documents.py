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
# A key that the page filled in itself is made anew for each call; one that somebody typed is sent as it is.
_START_SCRIPT = b"""const filledIn = crypto.randomUUID ? crypto.randomUUID() : "docs-page-key-1";
const order = ["get", "post", "put", "patch", "delete"];
window.ui = SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, persistAuthorization: true, tryItOutEnabled: true,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout",
  operationsSorter: (a, b) => a.get("path").localeCompare(b.get("path"))
    || order.indexOf(a.get("method")) - order.indexOf(b.get("method")),
  responseInterceptor: (answer) => {
    if (!answer.url.endsWith("/openapi.json")) return answer;
    const read = JSON.parse(answer.text);
    const operations = Object.values(read.paths).flatMap((path) => Object.values(path));
    for (const parameter of operations.flatMap((operation) => operation.parameters || []))
      if (parameter.name === "Idempotency-Key") parameter.example = filledIn;
    return Object.assign(answer, { text: JSON.stringify(read) });
  },
  requestInterceptor: (request) => {
    if (request.headers["Idempotency-Key"] === filledIn && crypto.randomUUID)
      request.headers["Idempotency-Key"] = crypto.randomUUID();
    return request;
  },
});
"""
_PAGE = b"""<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>\xe5\x8d\x97\xe9\x80\x9a\xe7\x99\xbe\xe9\x80\x9a API</title>
<link rel="icon" href="/favicon.ico" type="image/svg+xml">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">DEMO-STYLE</head>
<body>DEMO-PLACE<div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script>DEMO-SCRIPT</body>
</html>
"""
_DEMO_PARTS = {
    b"DEMO-STYLE": b'<link rel="stylesheet" href="/docs/demo/panel/panel.css">',
    b"DEMO-PLACE": b'<div id="demo"></div>',
    b"DEMO-SCRIPT": b'<script src="/docs/demo/panel/panel.js"></script>',
}
_ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#2f7d5b"/>
<text x="16" y="23" font-size="19" text-anchor="middle" fill="#fff" font-family="sans-serif">百</text></svg>
""".encode()


def openapi_text(api: ProblemApi) -> bytes:
    """Return the API document, in one order for ever, so that the committed snapshot shows real changes only."""
    document: dict[str, Any] = api.spec.to_dict()
    return orjson.dumps(
        document,
        default=lambda piece: piece.to_dict(),
        option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE,
    )


def _page_text(*, has_demo: bool) -> bytes:
    text = _PAGE
    for place, part in _DEMO_PARTS.items():
        text = text.replace(place, part if has_demo else b"")
    return text


def blueprint(api: ProblemApi, *, has_demo: bool) -> Blueprint:
    """Return the routes of the document and its page; with the panel of demo accounts where there is one."""
    blp = Blueprint("documents", __name__)
    text, page_text = openapi_text(api), _page_text(has_demo=has_demo)

    @blp.get("/openapi.json")
    @public
    def openapi() -> Response:
        return Response(text, mimetype="application/json")

    @blp.get("/docs")
    @public
    def page() -> Response:
        return Response(page_text, mimetype="text/html")

    @blp.get("/favicon.ico")
    @public
    def icon() -> Response:
        return Response(_ICON, mimetype="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})

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
