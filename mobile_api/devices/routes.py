"""Registering a phone for the signed-in person, and forgetting it."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from backend.identity.permissions import Permission
from backend.infrastructure.push import PushAddress
from backend.notifications.use_cases.devices import Registration, register_device, remove_device
from mobile_api.access import current_actor, requires
from mobile_api.blueprint import ApiBlueprint
from mobile_api.devices.schemas import DeviceSchema, RegistrationSchema
from mobile_api.services import services
from mobile_api.transactions import current_session

blp = ApiBlueprint(
    "devices",
    url_prefix="/devices",
    description="推送设备",
    path_parameters={"device_id": {"type": "string", "pattern": "^[A-Za-z0-9._-]{8,64}$", "maxLength": 64}},
)


@blp.route("/<device_id>")
class Device(MethodView):
    """A phone that may be rung."""

    @requires(Permission.USE_INBOX)
    @blp.arguments(RegistrationSchema())
    @blp.response(200, DeviceSchema())
    @blp.alt_response(409, "CONFLICT")
    def put(self, body: dict[str, Any], device_id: str) -> object:
        """登记本机接收推送；此后本机只响应当前登录人的消息。重复登记不产生第二台设备。"""
        registration = Registration(
            device_id=device_id,
            platform=body["platform"],
            app_version=body["app_version"],
            address=PushAddress(**body["address"]),
        )
        return register_device(
            current_session(),
            actor=current_actor(),
            registration=registration,
            sealer=services().sealer,
            now=services().clock.now(),
        )

    @requires(Permission.USE_INBOX)
    @blp.response(204)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def delete(self, device_id: str) -> None:
        """取消本机的推送登记。"""
        remove_device(current_session(), actor=current_actor(), device_id=device_id, now=services().clock.now())
