"""The web application: its resources, and what surrounds every request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from typing_extensions import override
from werkzeug.middleware.proxy_fix import ProxyFix

from mobile_api import documents, headers, metrics, rate_limits, request_log
from mobile_api.blueprint import ApiBlueprint, ProblemApi
from mobile_api.cases.routes import blp as cases
from mobile_api.complaints.routes import blp as complaints
from mobile_api.devices.routes import blp as devices
from mobile_api.health.routes import blp as health
from mobile_api.json_bodies import OrjsonProvider
from mobile_api.me.routes import blp as me
from mobile_api.notifications.routes import blp as notifications
from mobile_api.problems import register_problem_handlers
from mobile_api.reference.routes import blp as reference
from mobile_api.services import Services, install
from mobile_api.sessions.routes import blp as sessions
from mobile_api.transactions import request_transaction

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

API_PREFIX = "/api/v1"
RESOURCES: tuple[ApiBlueprint, ...] = (sessions, me, complaints, cases, notifications, devices, reference)


class BaitongApi(Flask):
    """Flask, with one transaction around each request."""

    @override
    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view in its transaction; a refusal that was raised has undone it before it is answered."""
        with request_transaction():
            return super().dispatch_request()


def create_app(services: Services) -> Flask:
    """Return the application over these services."""
    app = BaitongApi("mobile_api", static_folder=None)
    app.json = OrjsonProvider(app)
    app.config.update(
        MAX_CONTENT_LENGTH=services.settings.body_limit_bytes,
        API_TITLE="南通百通 API",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {
                "description": "市民诉求、指挥中心工单、消息与设备。错误一律为 RFC 9457 application/problem+json。"
            },
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}},
            "security": [{"bearer": []}],
        },
    )
    install(app.extensions, services)
    if services.settings.trusted_proxy_count:
        count = services.settings.trusted_proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]  # Flask's way
    request_log.install(app)
    headers.install(app, run_id=services.settings.run_id)
    metrics.install(app)
    rate_limits.install(app, services.settings)
    register_problem_handlers(app)
    api = ProblemApi(app)
    for resource in RESOURCES:
        api.register_blueprint(resource, url_prefix=API_PREFIX + str(resource.url_prefix or ""))
    app.register_blueprint(health)
    app.register_blueprint(documents.blueprint(api))
    return app
