"""Receiving the form of an upload: so many at once, the photo to a file, and with no transaction open.

The edge has read the body in time (``mobile_api.edge``); here it is taken apart.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from tempfile import SpooledTemporaryFile
from typing import IO, Any, ParamSpec, TypeVar

from flask import Request, request
from typing_extensions import override

from backend.evidence.errors import EvidenceBusy
from backend.infrastructure.object_store import told_when_full
from backend.kernel.errors import Malformed
from mobile_api.edge.uploads import MAX_FORM_BYTES
from mobile_api.idempotency import document_key, sent_key
from mobile_api.transactions import release_session

P = ParamSpec("P")
R = TypeVar("R")

# Half of a web worker's threads: photos being developed never hold all of them (S31).
AT_ONCE = 8
_FORM_BYTES = 256 * 1024
_IN_MEMORY_BYTES = 256 * 1024
_FORM_PARTS = 16
places = threading.BoundedSemaphore(AT_ONCE)


class MultipartRequired(Malformed):
    """An upload that is no form with a file."""

    code = "multipart-required"
    default_detail = "请以 multipart/form-data 上传照片。"


class UploadRequest(Request):
    """A request whose files are closed with it, also when its form could not be read to the end."""

    @override
    def _get_file_stream(self, *_told: Any, **_more: Any) -> IO[bytes]:
        # Werkzeug's hook for this. A small photo stays in memory, a larger one has no name on the disk.
        stream = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - closed below
        self.__dict__.setdefault("opened_streams", []).append(stream)
        return stream

    @override
    def close(self) -> None:
        """Close what was opened."""
        super().close()
        for stream in self.__dict__.get("opened_streams", ()):
            # A full disk was told when it was met; closing meets it again with what was never written.
            with suppress(OSError):
                stream.close()


def received(view: Callable[P, R]) -> Callable[P, R]:
    """Receive the form before the view. Stands between the access rule and the arguments."""

    @wraps(view)
    def receive(*args: P.args, **kwargs: P.kwargs) -> R:
        sent_key()  # what cannot be told again is not received at all
        if request.mimetype != "multipart/form-data":
            raise MultipartRequired
        if not places.acquire(blocking=False):
            raise EvidenceBusy(retry_after_s=2)
        try:
            release_session()
            _receive_form()
            return view(*args, **kwargs)
        finally:
            places.release()

    document_key(receive)
    return receive


def _receive_form() -> None:
    request.max_content_length = MAX_FORM_BYTES
    request.max_form_memory_size = _FORM_BYTES
    request.max_form_parts = _FORM_PARTS
    with told_when_full():
        _ = request.files  # werkzeug reads the whole form here, files beyond 256 KiB to the disk
