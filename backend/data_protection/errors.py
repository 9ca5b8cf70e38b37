"""What requests about one's own data refuse."""

from __future__ import annotations

from backend.kernel.errors import Conflict, Forbidden, NotFound, TooMany


class SignInNotFresh(Forbidden):
    """An erasure cannot be undone: it is taken only from a session that began a moment ago."""

    code = "sign-in-not-fresh"
    default_detail = "注销不能撤回，请重新登录后十分钟内再申请。"


class DataRequestOpen(Conflict):
    """A request of the same kind is still open."""

    code = "data-request-open"
    default_detail = "您已有一个同类申请正在办理。"


class DataRequestNotFound(NotFound):
    """No such request of the one who asks."""

    code = "data-request-not-found"
    default_detail = "没有找到该申请。"


class DocumentNotThere(NotFound):
    """The copy is not made yet, has expired, or belongs to a request that makes none."""

    code = "data-document-not-there"
    default_detail = "副本尚未生成或已过期，请重新申请。"


class DataRequestsLimited(TooMany):
    """A person asked for copies too often in a day."""

    code = "data-requests-limited"
    default_detail = "今天的申请次数过多，请稍后再试。"
