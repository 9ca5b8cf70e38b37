"""What grid reports refuse."""

from __future__ import annotations

from backend.kernel.errors import Conflict, Invalid, NotFound, TooMany


class GridReportNotFound(NotFound):
    """A report that there is not, or that is somebody else's: these are not told apart."""

    code = "grid-report-not-found"
    default_detail = "上报不存在，或不是您本人的上报。"


class ClientIdReused(Conflict):
    """The phone's id of a report came again with another content."""

    code = "grid-report-client-id-reused"
    default_detail = "该 client_id 已用于另一份上报；新的上报请使用新的 client_id。"


class CapturedAtRefused(Invalid):
    """The instant of seeing lies in the future, or too far back for what was seen to be there still."""

    code = "grid-report-captured-at-refused"
    default_detail = "发现时间不能晚于现在，也不能早于 7 天前；请核对手机时间。"


class GridReportIncomplete(Invalid):
    """What was put right on the spot is accepted by itself or not at all, and this report lacks something for that."""

    code = "grid-report-incomplete"
    default_detail = "当场处置的上报须填写完整：位置、描述，有实物的类别还须附处置前的照片。"


class GridQuotaReached(TooMany):
    """G-rate: the person has reported as much as one grid worker may in a day."""

    code = "grid-report-quota-reached"
    default_detail = "您 24 小时内的上报已达上限，请稍后再报；紧急情况请直接联系指挥中心。"
