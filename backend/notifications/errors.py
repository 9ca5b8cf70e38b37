"""What the inbox and the device register refuse."""

from __future__ import annotations

from backend.kernel.errors import Conflict, Invalid, NotFound


class NotificationNotFound(NotFound):
    """No such message in the inbox of the one who asks."""

    code = "notification-not-found"
    default_detail = "消息不存在。"


class DeviceNotFound(NotFound):
    """No such phone of the one who asks."""

    code = "device-not-found"
    default_detail = "设备不存在。"


class DeviceBusy(Conflict):
    """A message is on its way to the phone at this moment."""

    code = "device-busy"
    default_detail = "该设备正在接收消息，请稍后重试。"
    retryable = True


class DeviceIdRefused(Invalid):
    """The id of the phone has a form that sign-in would refuse as well."""

    code = "device-id-refused"
    default_detail = "设备标识为 8 至 64 位字母、数字、点、横线或下划线。"
