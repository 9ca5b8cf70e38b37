"""The web application: its resources, and what surrounds every request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

from backend.infrastructure.settings import Environment
from mobile_api import documents, headers, rate_limits, request_log
from mobile_api.api_flask import ApiFlask
from mobile_api.blueprint import ApiBlueprint, ProblemApi
from mobile_api.cases.routes import blp as cases
from mobile_api.catalogue.fast_lane import fast_lane
from mobile_api.catalogue.routes import blp as catalogue
from mobile_api.complaints.routes import blp as complaints
from mobile_api.consents.routes import blp as consents
from mobile_api.data_requests.routes import blp as data_requests
from mobile_api.demo.routes import blp as demo
from mobile_api.devices.routes import blp as devices
from mobile_api.evidence.routes import blp as evidence
from mobile_api.grid.routes import blp as grid
from mobile_api.grid_reports.routes import blp as grid_reports
from mobile_api.health.routes import blp as health
from mobile_api.json_bodies import OrjsonProvider
from mobile_api.me.routes import blp as me
from mobile_api.notifications.routes import blp as notifications
from mobile_api.problems import register_problem_handlers
from mobile_api.public_status.routes import blp as public_status
from mobile_api.reference.routes import blp as reference
from mobile_api.reveals.routes import blp as reveals
from mobile_api.services import Services, install
from mobile_api.sessions.routes import blp as sessions
from mobile_api.tasks.routes import blp as tasks

if TYPE_CHECKING:
    from flask import Flask

    from backend.infrastructure.traffic import TrafficLimit

API_PREFIX = "/api/v1"
RESOURCES: tuple[ApiBlueprint, ...] = (
    sessions,
    me,
    consents,
    data_requests,
    complaints,
    public_status,
    evidence,
    cases,
    tasks,
    grid_reports,
    reveals,
    notifications,
    devices,
    reference,
    grid,
    catalogue,
)


def create_app(services: Services) -> Flask:
    """Return the application over these services."""
    app = ApiFlask("mobile_api", static_folder=None)
    app.json = OrjsonProvider(app)
    # A doubled slash is no route of ours: a redirect would send back the path, with whatever stands in it.
    app.url_map.merge_slashes = False
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
    request_log.install(app)
    limit = rate_limits.install(app, services.settings)
    _surround(app, services, limit)
    register_problem_handlers(app)
    api = ProblemApi(app)
    for resource in RESOURCES:
        api.register_blueprint(resource, url_prefix=API_PREFIX + str(resource.url_prefix or ""))
    app.register_blueprint(health)
    # By name, not as "anything but production": a new kind of environment has no such door until somebody gives it one.
    has_demo = services.settings.environment is Environment.DEVELOPMENT
    app.register_blueprint(documents.blueprint(api, has_demo=has_demo))
    if has_demo:
        app.register_blueprint(demo)
    return app


def _surround(app: Flask, services: Services, limit: TrafficLimit) -> None:
    """Put around Flask what stands outside it: answers from memory, then whose address it is, then the headers."""
    prefix = f"{API_PREFIX}{catalogue.url_prefix}/"
    app.wsgi_app = fast_lane(app.wsgi_app, keeper=services.catalogue, limit=limit, prefix=prefix)  # type: ignore[method-assign,assignment]  # Flask's way
    if services.settings.trusted_proxy_count:
        count = services.settings.trusted_proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]  # Flask's way
    app.wsgi_app = headers.secured(app.wsgi_app, run_id=services.settings.run_id)  # type: ignore[method-assign,assignment]  # Flask's way
