"""What complaints refuse."""

from __future__ import annotations

from backend.kernel.errors import NotFound, TooMany


class ComplaintNotFound(NotFound):
    """No such complaint, or it is somebody else's."""

    code = "complaint-not-found"
    default_detail = "没有找到该诉求。"


class StatusNotFound(NotFound):
    """The number is unknown, the code is not the number's, or its reporter was erased: never told which."""

    code = "complaint-status-not-found"
    default_detail = "编号或查询码有误，请核对后再查询。"


class StatusTriesLimited(TooMany):
    """Too many wrong codes for one number or from one address: the right one is refused too, for a while."""

    code = "complaint-status-tries-limited"
    default_detail = "查询次数过多，请稍后再试；登录后可在“我的诉求”中查看。"
