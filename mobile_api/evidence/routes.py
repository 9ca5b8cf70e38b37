"""Photos: upload one, look at it while it waits, remove it; and the files behind signed links."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import IO, Any

from flask import Response
from flask.views import MethodView

from backend.evidence.errors import EvidenceLinkRefused
from backend.evidence.links import TOKEN_CHARACTERS
from backend.evidence.queries import PhotoView, linked_content, own_waiting
from backend.evidence.use_cases.removing import delete_own
from backend.identity.permissions import Permission
from backend.infrastructure.object_store import ObjectMissing
from mobile_api.access import current_actor, public, requires
from mobile_api.blueprint import ApiBlueprint
from mobile_api.evidence.intake import Answer, take_in
from mobile_api.evidence.reception import received
from mobile_api.evidence.schemas import PhotoFormSchema, PhotoSchema
from mobile_api.evidence.viewers import viewer
from mobile_api.services import services
from mobile_api.transactions import current_session, release_session

blp = ApiBlueprint(
    "evidence",
    url_prefix="/evidence",
    description="照片证据",
    path_parameters={
        "token": {"type": "string", "pattern": f"^[A-Za-z0-9_-]{{{TOKEN_CHARACTERS}}}$", "maxLength": TOKEN_CHARACTERS}
    },
)
_CHUNK_BYTES = 64 * 1024
_FILE_POLICY = "default-src 'none'; sandbox"


@blp.route("")
class Uploads(MethodView):
    """Where photos are uploaded."""

    @requires(Permission.ADD_EVIDENCE)
    @received
    @blp.arguments(PhotoFormSchema(), location="form", content_type="multipart/form-data")
    @blp.response(201, PhotoSchema())
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
    @blp.alt_response(429, "TOO_MANY_REQUESTS")
    @blp.alt_response(507, "INSUFFICIENT_STORAGE")
    def post(self, form: dict[str, Any]) -> Answer:
        """上传一张照片，随后在提交诉求时以其 id 引用；24 小时内未引用的照片会被删除。

        保存的是重新编码的图像，不含任何元数据；原图不保存。以同一 Idempotency-Key 重试不会重复保存。
        """
        return take_in(form["photo"].stream, form)


@blp.route("/<uuid:evidence_id>")
class OnePhoto(MethodView):
    """One of one's own photos that wait."""

    @requires(Permission.ADD_EVIDENCE)
    @blp.response(200, PhotoSchema())
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, evidence_id: uuid.UUID) -> PhotoView:
        """尚未随诉求提交的本人照片。提交后请从诉求详情读取。"""
        return own_waiting(current_session(), evidence_id=evidence_id, viewer=viewer())

    @requires(Permission.ADD_EVIDENCE)
    @blp.response(204)
    @blp.alt_response(404, "NOT_FOUND")
    def delete(self, evidence_id: uuid.UUID) -> None:
        """删除尚未随诉求提交的本人照片。"""
        delete_own(current_session(), actor=current_actor(), evidence_id=evidence_id)


@blp.route("/files/<string:token>")
class Files(MethodView):
    """What a signed link leads to."""

    @public
    @blp.response(200, {"type": "string", "format": "binary"}, content_type="image/*")
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, token: str) -> Response:
        """照片文件：大图为 image/jpeg，缩略图为 image/webp。链接 5 分钟内有效，登录失效或职务变动后立即失效。"""
        content = linked_content(current_session(), token=token, sealer=services().sealer, now=services().clock.now())
        # A slow phone must not hold a connection to the database.
        release_session()
        try:
            file = services().objects.get(content.key)
        except ObjectMissing as error:
            raise EvidenceLinkRefused from error
        return _file_answer(file, content.media_type)


def _file_answer(file: IO[bytes], media_type: str) -> Response:
    size = file.seek(0, 2)
    file.seek(0)
    answer = Response(_chunks(file), mimetype=media_type)
    answer.call_on_close(file.close)
    answer.content_length = size
    answer.headers["Content-Disposition"] = f'attachment; filename="photo.{media_type.partition("/")[2]}"'
    answer.headers["Cache-Control"] = "private, max-age=300"
    answer.headers["Content-Security-Policy"] = _FILE_POLICY
    return answer


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
