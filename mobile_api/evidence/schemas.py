"""The shapes of photos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from marshmallow import ValidationError, fields, validate, validates_schema
from typing_extensions import override
from werkzeug.datastructures import FileStorage

from backend.evidence.rules import Stage
from backend.kernel.geography import CoordinateSystem
from mobile_api.fields import Code
from mobile_api.naming import instant
from mobile_api.schema import RequestSchema, ResponseSchema

_PLACE = ("capture_longitude", "capture_latitude", "capture_system")


class _FormDegrees(fields.Float):
    """Degrees in a form, where every value is a text."""

    def __init__(self, *, most: int) -> None:
        super().__init__(load_default=None, allow_nan=False, validate=validate.Range(-most, most))


class _File(fields.Raw):
    """A file of a form. A text under its name is none."""

    @override
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, FileStorage):
            raise ValidationError("须为文件。")
        return value


class PhotoFormSchema(RequestSchema):
    """A photo, and what is said beside it. Place and time of the capture are kept sealed and shown to nobody."""

    photo = _File(
        required=True,
        metadata={
            "type": "string",
            "format": "binary",
            "description": "JPEG、PNG、WebP 或 HEIC，不超过 20 MiB、5000 万像素；保存的是去除全部元数据后的图像",
        },
    )
    stage = fields.Enum(
        Stage, by_value=True, required=True, metadata={"description": "before 处置前、during 处置中、after 处置后"}
    )
    captured_at = fields.AwareDateTime(
        load_default=None, metadata={"description": "拍摄时间，含时区；加密保存，不公开"}
    )
    capture_longitude = _FormDegrees(most=180)
    capture_latitude = _FormDegrees(most=90)
    capture_system = fields.Enum(
        CoordinateSystem, by_value=True, load_default=None, metadata={"description": "拍摄位置的坐标系；三项须同时提供"}
    )
    sha256 = Code(
        "^[0-9a-f]{64}$",
        max_length=64,
        error="须为 64 位小写十六进制。",
        load_default=None,
        metadata={"description": "照片字节的 SHA-256，用于发现传输损坏"},
    )

    @validates_schema
    def _place_is_whole(self, data: Mapping[str, Any], **_options: Any) -> None:
        missing = [name for name in _PLACE if data.get(name) is None]
        if 0 < len(missing) < len(_PLACE):
            raise ValidationError({name: ["位置的三项须同时提供。"] for name in missing})


class _Href(fields.String):
    """The address of a link's file."""

    @override
    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str:
        return url_for("evidence.Files", token=value)


class LinkSchema(ResponseSchema):
    """An address that is good for a few minutes, for whoever asked and nobody else."""

    href = _Href(required=True, attribute="token", metadata={"example": "/api/v1/evidence/files/AaG…"})
    expires_at = instant()


class PhotoSchema(ResponseSchema):
    """A photo: its size, and links to what may be shown of it."""

    id = fields.UUID(required=True)
    stage = fields.String(required=True, metadata={"enum": [stage.value for stage in Stage]})
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    created_at = instant()
    thumbnail = fields.Nested(LinkSchema(), required=True)
    full = fields.Nested(LinkSchema(), required=True)
