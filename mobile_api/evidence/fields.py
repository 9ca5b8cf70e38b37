"""The field by which photos come with a request."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from backend.evidence.rules import MAX_PHOTOS
from mobile_api.fields import Id


def photo_ids() -> fields.Field[Any]:
    """Return a list of one's own photos that wait for what they belong to."""
    return fields.List(
        Id(),
        load_default=list,
        validate=validate.Length(max=MAX_PHOTOS),
        metadata={"description": "先以 POST /evidence 上传的本人照片，最多 9 张；有实物的类别应附照片"},
    )
