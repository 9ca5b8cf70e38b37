"""What complaints refuse."""

from __future__ import annotations

from backend.kernel.errors import NotFound


class ComplaintNotFound(NotFound):
    """No such complaint, or it is somebody else's."""

    code = "complaint-not-found"
    default_detail = "没有找到该诉求。"
